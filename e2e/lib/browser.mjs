// Chromium as the journeys use it: phone and desktop pages, screenshots, and the picture's progress.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { root } from './server.mjs';

const shots = join(root, 'out/e2e');
/** A wait that is longer than this is a defect, even on two busy cores. */
const WAIT_MS = 15_000;

export async function launch() {
  return chromium.launch({
    executablePath: process.env.HAWKER_CHROMIUM ?? '/usr/bin/chromium', headless: true, chromiumSandbox: false,
    args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--disable-quic', '--disable-background-networking', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
  });
}

const sizes = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1440, height: 900 }, permissions: ['camera', 'microphone'] },
};

// What Chromium logs by itself for an answer the page handles: a refused call, a socket to a room that just ended.
const expected = /Failed to load resource|WebSocket connection to .* failed/;

// open makes a page of its own browser context for a person (or nobody) on one server. It keeps what went
// wrong on it: errors, failed answers, and every request that left our origin.
export async function open(browser, url, size, person, { locale = 'zh-CN', ...options } = {}) {
  const context = await browser.newContext({ ...sizes[size], locale, timezoneId: 'Asia/Shanghai', baseURL: url, ...options });
  context.setDefaultTimeout(WAIT_MS);
  if (person) await context.addCookies([{ name: 'hawker_session', value: person.token, url, httpOnly: true, sameSite: 'Lax' }]);
  const page = await context.newPage();
  page.faults = [];
  const origin = new URL(url).host;
  page.on('pageerror', (err) => page.faults.push(String(err.stack ?? err)));
  page.on('console', (m) => { if (m.type() === 'error' && !expected.test(m.text())) page.faults.push(m.text()); });
  page.on('request', (r) => { if (/^(https?|wss?):/.test(r.url()) && new URL(r.url()).host !== origin) page.faults.push(`request to another origin: ${r.url()}`); });
  // 503 is a blocking playlist's answer when no part came in time (a publisher that just left).
  page.on('response', (r) => { if (r.status() >= 500 && !(r.status() === 503 && r.url().includes('.m3u8'))) page.faults.push(`${r.status()} from ${r.url()}`); });
  page.on('dialog', (d) => d.accept());
  return page;
}

export async function shot(page, name) {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), animations: 'disabled' });
}

// dropShots removes the screenshots of an earlier run whose names begin so.
export function dropShots(prefix) {
  mkdirSync(shots, { recursive: true });
  for (const name of readdirSync(shots)) if (name.startsWith(prefix)) rmSync(join(shots, name));
}

// progress watches the page's playing video for a while: how far it moved and how many frames it decoded.
export async function progress(page, selector = 'video', ms = 2000) {
  return page.evaluate(async ([selector, ms]) => {
    const read = () => {
      const v = [...document.querySelectorAll(selector)].filter((x) => !x.paused && x.readyState >= 2).sort((a, b) => b.clientHeight - a.clientHeight)[0];
      return v ? { time: v.currentTime, frames: v.getVideoPlaybackQuality().totalVideoFrames, width: v.videoWidth, height: v.videoHeight } : null;
    };
    const until = performance.now() + 20_000;
    let first = read();
    while (!first && performance.now() < until) { await new Promise((r) => setTimeout(r, 100)); first = read(); }
    if (!first) return null;
    await new Promise((r) => setTimeout(r, ms));
    const last = read();
    return last && { seconds: last.time - first.time, frames: last.frames - first.frames, width: last.width, height: last.height };
  }, [selector, ms]);
}

// moving fails unless the picture advances by clock and by decoded frames. A player that has just joined
// may jump to the live edge once, so it gets a few looks; a picture that stands still fails them all.
export async function moving(page, selector, ms = 2000) {
  let got;
  for (let look = 0; look < 4; look++) {
    got = await progress(page, selector, ms);
    if (got && got.frames >= 5 && (got.seconds <= 0 || got.seconds >= ms / 4000)) return got;
  }
  throw new Error(got ? `the picture stands still on ${page.url()}: ${JSON.stringify(got)}` : `no playing picture on ${page.url()}`);
}

// swipe moves a finger up the middle of a phone, as touches: the page cannot tell it from a hand.
export async function swipe(page) {
  const cdp = await page.context().newCDPSession(page);
  const { width, height } = page.viewportSize();
  const touch = (type, y) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: y === undefined ? [] : [{ x: width / 2, y }] });
  await touch('touchStart', height * 0.78);
  for (let i = 1; i <= 12; i++) {
    await touch('touchMove', height * (0.78 - 0.05 * i));
    await sleep(12);
  }
  await touch('touchEnd');
  await cdp.detach();
}

// calm fails when the page threw, logged errors, got a server failure or asked another origin.
export function calm(page) {
  if (page.faults.length) throw new Error(`the page ${page.url()} reported:\n${page.faults.join('\n')}`);
}
