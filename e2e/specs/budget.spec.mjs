// What a first visit may weigh and a swipe may cost, measured in a real Chromium.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { journeys } from '../lib/journey.mjs';
import { moving, swipe } from '../lib/browser.mjs';
import { Client } from '../lib/client.mjs';
import { until } from '../lib/world.mjs';

const journey = journeys({ world: 'demo' });
const KB = 1024;
const VIEWER_FIRST_KB = 250; // gzip, without the player
const CONSOLE_ROUTE_KB = 300; // gzip, all that one route loads in an empty browser
const SLOWDOWN = 4;
const LONG_TASK_MS = 50;
const SHIFT = 0.02;
const SWIPES = 20;
const ROUNDS = 2;
const VISITS_AT_ONCE = 3;

// scripts loads an address in an empty browser and returns what its scripts weighed on the wire.
async function scripts(open, person, path, idleMs = 1500) {
  const page = await open(person);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  const urls = new Map();
  const got = [];
  cdp.on('Network.responseReceived', (e) => urls.set(e.requestId, e.response.url));
  cdp.on('Network.loadingFinished', (e) => { const url = urls.get(e.requestId) ?? ''; if (/\.js(\?|$)/.test(url)) got.push({ url: url.split('/').pop(), bytes: e.encodedDataLength }); });
  await page.goto(path);
  await page.locator('#app > *').first().waitFor();
  await page.waitForTimeout(idleMs);
  await page.context().close();
  return got;
}

const weigh = (got) => got.reduce((sum, f) => sum + f.bytes, 0) / KB;
const heaviest = (got) => got.sort((a, b) => b.bytes - a.bytes).slice(0, 4).map((f) => `${f.url} ${(f.bytes / KB).toFixed(0)} KB`).join(', ');

journey('budget: the viewer opens with at most 250 KB of script, every console page with at most 300 KB', async ({ server, phone, desktop, note }) => {
  const as = async (role) => new Client(server.url).as(role);
  const over = [];
  const room = (await until(async () => { const { items } = await (await as('viewer')).get('/live/rooms?state=live'); return items.length && items; }, 60_000, 'a room on air'))[0];
  const host = await as('host');
  const mine = (await host.get('/live/rooms?state=live')).items;
  const operator = await as('operator');
  const visits = [
    ...['/', '/live', `/live/${room.id}`, '/orders', '/me'].map((path) => ({ open: phone, path, most: VIEWER_FIRST_KB, without: /^(hls|player)/ })),
    ...['/console/home', '/console/content', '/console/content/publish', '/console/live', ...mine.map((r) => `/console/live/${r.id}`), '/console/shop', '/console/shop/products', '/console/shop/products/new', '/console/shop/orders', '/console/shop/refunds', '/console/shop/finance', '/console/settings', '/console/settings/team'].map((path) => ({ open: desktop, person: host, path, most: CONSOLE_ROUTE_KB })),
    ...['/console/operator', '/console/operator/rooms', '/console/operator/users', '/console/operator/ledger', '/console/operator/log'].map((path) => ({ open: desktop, person: operator, path, most: CONSOLE_ROUTE_KB })),
  ];
  // Most of a visit is waiting for what loads late: a few at a time.
  const visit = async () => {
    for (let v = visits.shift(); v; v = visits.shift()) {
      const got = (await scripts(v.open, v.person, v.path)).filter((f) => !v.without?.test(f.url));
      note(`${v.path} ${weigh(got).toFixed(0)} KB`);
      if (weigh(got) > v.most) over.push(`${v.path} ${weigh(got).toFixed(0)} KB: ${heaviest(got)}`);
    }
  };
  await Promise.all(Array.from({ length: VISITS_AT_ONCE }, visit));
  assert.deepEqual(over, []);
});

// tasks reads a trace: for each swipe the longest task of the page's main thread until the next one, in ms of
// that thread's own time: what other programs take of a shared machine is not the page's.
function tasks(file) {
  const { traceEvents } = JSON.parse(readFileSync(file, 'utf8'));
  const marks = traceEvents.filter((e) => e.cat?.includes('blink.user_timing') && e.name === 'swipe').sort((a, b) => a.ts - b.ts);
  assert.ok(marks.length >= SWIPES, `the trace holds ${marks.length} swipes`);
  const { pid, tid } = marks[0];
  const main = traceEvents.filter((e) => e.pid === pid && e.tid === tid && e.ph === 'X' && /RunTask$/.test(e.name));
  assert.ok(main.length > 100, `the trace holds ${main.length} tasks of the page's main thread`);
  return marks.map((m, i) => Math.max(0, ...main.filter((e) => e.ts >= m.ts && e.ts < (marks[i + 1]?.ts ?? m.ts + 2e6)).map((e) => (e.tdur ?? e.dur) / 1000)));
}

// traced swipes on at a quarter of the speed; the longest task of each swipe, shortest first.
async function traced(browser, page, file) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  await browser.startTracing(page, { path: file, categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel', 'blink.user_timing'] });
  for (let i = 0; i < SWIPES; i++) {
    await page.evaluate(() => { performance.mark('swipe'); });
    await swipe(page);
    await page.waitForTimeout(1100);
  }
  await browser.stopTracing();
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await cdp.detach();
  const longest = tasks(file).sort((x, y) => x - y);
  rmSync(file);
  return longest;
}

journey('budget: at a quarter of the speed a swipe runs without a task over 50 ms, and nothing shifts', async ({ server, browser, phone, note }) => {
  const page = await phone(await new Client(server.url).as('viewer'));
  await page.addInitScript(() => {
    localStorage.setItem('hawker.tour.seen', '1');
    window.shifts = [];
    new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifts.push({ value: e.value, at: e.sources?.map((x) => `${x.node?.className ?? ''} ${x.previousRect.y | 0}>${x.currentRect.y | 0}`).join(', ') }); }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto('/');
  await moving(page);
  // Other programs on the machine only ever add to a task: the best round is what the page itself costs.
  let p95 = Infinity;
  for (let round = 1; round <= ROUNDS && p95 > LONG_TASK_MS; round++) {
    const longest = await traced(browser, page, join(server.data, 'trace.json'));
    p95 = Math.min(p95, longest[Math.ceil(longest.length * 0.95) - 1]);
    note(`longest task of a swipe, round ${round}: median ${longest[longest.length >> 1].toFixed(0)} ms, p95 ${longest[Math.ceil(longest.length * 0.95) - 1].toFixed(0)} ms, worst ${longest.at(-1).toFixed(0)} ms`);
  }
  assert.ok(p95 <= LONG_TASK_MS, `p95 of the longest task is ${p95.toFixed(0)} ms`);

  const room = (await (await new Client(server.url).as('viewer')).get('/live/rooms?state=live')).items.at(-1);
  const shifted = [];
  for (const path of [undefined, `/live/${room.id}`, '/live', `/c/${room.channel.handle}`, '/orders', '/me']) {
    if (path) { await page.goto(path); await page.waitForTimeout(path.startsWith('/live/') ? 8000 : 2500); }
    const shifts = await page.evaluate(() => window.shifts);
    const sum = shifts.reduce((s, e) => s + e.value, 0);
    note(`layout shift ${path?.replace(room.id, ':id') ?? 'feed'} ${sum.toFixed(4)}`);
    if (sum > SHIFT) shifted.push(`${path ?? 'feed'} ${sum.toFixed(3)} ${shifts.sort((a, b) => b.value - a.value).slice(0, 3).map((s) => s.at).join(' | ')}`);
  }
  assert.deepEqual(shifted, []);
});
