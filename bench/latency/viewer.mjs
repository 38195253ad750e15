// A viewer in Chromium: joins the room again and again, then watches it and reads the clock in its picture.
// Usage: viewer.mjs URL ROOM SECONDS JOINS CELLS_IN_ROW CELL WIDTH; prints one JSON object.
import { setTimeout as sleep } from 'node:timers/promises';
import { launch, open } from '../../e2e/lib/browser.mjs';

const [url, room] = process.argv.slice(2);
const [seconds, joins, cellsInRow, cell, width] = process.argv.slice(4).map(Number);
const path = `/live/${room}`;
/** A join that takes longer has failed. */
const JOIN_MS = 20_000;
/** Start-up, and the player's way to the live edge, are over by then. */
const SETTLE_MS = 8000;

// spy runs in the page: it notes the first frame after the latest tap, and the age of frames.
function spy({ path, cellsInRow, cell, width }) {
  const s = (window.bench = { from: 0, first: 0, glass: [], watching: false });
  const known = new WeakSet();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, 4 * cell];
  const g = canvas.getContext('2d', { willReadFrequently: true });

  // read returns the unix ms on a frame, undefined unless both copies of it agree.
  const read = (v) => {
    g.drawImage(v, 0, 0, width, 4 * cell, 0, 0, width, 4 * cell);
    const px = g.getImageData(0, 0, width, 4 * cell).data;
    let ms = 0;
    for (let i = 0; i < 2 * cellsInRow; i++) {
      const at = (row) => px[(Math.round((row + 0.5) * cell) * width + Math.round((i % cellsInRow + 0.5) * cell)) * 4];
      const row = Math.floor(i / cellsInRow);
      const bit = at(row) > 128;
      if (bit === at(row + 2) > 128) return undefined;
      ms = ms * 2 + (bit ? 1 : 0);
    }
    return ms;
  };
  const watch = (v) => {
    let n = 0;
    const onFrame = (_, frame) => {
      // The square's small preview may live on while the room slides in: only the room's own picture counts.
      if (!s.first && location.pathname === path && v.clientWidth > innerWidth / 2) s.first = frame.expectedDisplayTime;
      if (s.watching && n++ % 3 === 0) {
        const ms = read(v);
        if (ms) s.glass.push(performance.timeOrigin + frame.expectedDisplayTime - ms);
      }
      v.requestVideoFrameCallback(onFrame);
    };
    v.requestVideoFrameCallback(onFrame);
  };
  const look = () => {
    for (const v of document.querySelectorAll('video')) {
      if (known.has(v)) continue;
      known.add(v);
      watch(v);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  addEventListener('click', (e) => Object.assign(s, { from: e.timeStamp, first: 0 }), true);
}

const browser = await launch();
try {
  const arrive = async () => {
    const page = await open(browser, url, 'phone');
    await page.addInitScript(spy, { path, cellsInRow, cell, width });
    return page;
  };
  const joined = async (page) => {
    await page.waitForFunction(() => window.bench.first > 0, undefined, { timeout: JOIN_MS, polling: 50 });
    return page.evaluate(() => window.bench.first - window.bench.from);
  };

  const coldMs = [];
  for (let i = 0; i < joins; i++) {
    const page = await arrive();
    await page.goto(path);
    coldMs.push(await joined(page));
    await page.context().close();
  }

  const page = await arrive();
  const tapMs = [];
  for (let i = 0; i < joins; i++) {
    await page.goto('/live');
    const card = page.locator(`a[href^="${path}"]`).first();
    await card.waitFor();
    await sleep(1500); // a person looks before tapping
    await card.tap();
    tapMs.push(await joined(page));
  }
  await sleep(SETTLE_MS);
  await page.evaluate(() => { window.bench.watching = true; });
  await sleep(seconds * 1000);
  const glassMs = await page.evaluate(() => window.bench.glass);
  console.log(JSON.stringify({ glassMs, tapMs, coldMs }));
} finally {
  await browser.close();
}
