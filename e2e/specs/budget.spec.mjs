// What a first visit may weigh, measured in a real Chromium.
import assert from 'node:assert/strict';
import { journeys } from '../lib/journey.mjs';
import { Client } from '../lib/client.mjs';
import { until } from '../lib/world.mjs';

const journey = journeys({ world: 'demo' });
const KB = 1024;
const VIEWER_FIRST_KB = 250; // gzip, without the player
const CONSOLE_ROUTE_KB = 300; // gzip, all that one route loads in an empty browser
const VISITS_AT_ONCE = 3;
/** A page is loaded when this long no script was asked for or under way: a busy machine cannot hide a late chunk. */
const IDLE_MS = 1500;
const LOADED_MS = 20_000;

// scripts loads an address in an empty browser and returns what its scripts weighed on the wire.
async function scripts(open, person, path) {
  const page = await open(person);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  const asked = new Map(); // request id -> address, while it is under way
  const got = [];
  let last = Date.now();
  cdp.on('Network.requestWillBeSent', (e) => { if (/\.js(\?|$)/.test(e.request.url)) { asked.set(e.requestId, e.request.url); last = Date.now(); } });
  cdp.on('Network.loadingFailed', (e) => { asked.delete(e.requestId); });
  cdp.on('Network.loadingFinished', (e) => {
    const url = asked.get(e.requestId);
    if (url === undefined || !asked.delete(e.requestId)) return;
    got.push({ url: url.split('/').pop(), bytes: e.encodedDataLength });
    last = Date.now();
  });
  await page.goto(path);
  await page.locator('#app > *').first().waitFor();
  last = Date.now();
  await until(async () => asked.size === 0 && Date.now() - last >= IDLE_MS, LOADED_MS, `${path} has loaded its scripts`);
  await page.context().close();
  assert.ok(got.length > 0, `${path} loaded no script`);
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
