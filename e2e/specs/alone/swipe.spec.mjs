// What a swipe may cost and a page may shift, measured in a real Chromium: it needs the machine to itself.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { journeys } from '../../lib/journey.mjs';
import { moving, swipe } from '../../lib/browser.mjs';
import { Client } from '../../lib/client.mjs';

const journey = journeys({ world: 'demo' });
const SLOWDOWN = 4;
const LONG_TASK_MS = 50;
const SHIFT = 0.02;
const SWIPES = 20;
const ROUNDS = 2;

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
