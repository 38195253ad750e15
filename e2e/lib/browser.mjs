// Chromium as the journeys use it: phone and desktop pages, screenshots, and the picture's progress.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { root } from './server.mjs';

const shots = join(root, 'out/e2e');

export async function launch() {
  return chromium.launch({
    executablePath: '/usr/bin/chromium', headless: true, chromiumSandbox: false,
    args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--disable-quic', '--disable-background-networking', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
  });
}

export async function phone(browser, options = {}) {
  return open(browser, { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, locale: 'zh-CN', ...options });
}

export async function desktop(browser, options = {}) {
  return open(browser, { viewport: { width: 1440, height: 900 }, locale: 'zh-CN', permissions: ['camera', 'microphone'], ...options });
}

async function open(browser, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (err) => page.faults.push(String(err)));
  page.on('console', (m) => { if (m.type() === 'error' && !/Failed to load resource/.test(m.text())) page.faults.push(m.text()); });
  return page;
}

export async function shot(page, name) {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

// progress watches the page's playing video for a while: how far it moved and how many frames it decoded.
export async function progress(page, selector = 'video', ms = 2500) {
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

// calm fails when the page threw or logged errors.
export function calm(page) {
  if (page.faults.length) throw new Error(`the page reported errors:\n${page.faults.join('\n')}`);
}
