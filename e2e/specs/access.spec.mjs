// Nobody is kept out: axe-core finds nothing critical or serious on the main screens, in light and dark.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { journeys } from '../lib/journey.mjs';
import { moving } from '../lib/browser.mjs';
import { buyer, host, onAir, operator, post, product } from '../lib/world.mjs';

const journey = journeys();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// check runs axe-core on the page as it stands and returns its findings as lines.
async function check(page, screen) {
  await page.evaluate(axe); // not a script tag: the page's own policy refuses foreign script
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations.filter((v) => v.impact === 'critical' || v.impact === 'serious')
    .flatMap((v) => v.nodes.map((n) => ({ screen, line: `${v.id} (${v.impact}) ${n.target.join(' ')}: ${n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? v.help}` })));
}

// clean fails with each finding once and the screens it stands on.
function clean(found) {
  const on = found.reduce((m, f) => m.set(f.line, [...(m.get(f.line) ?? []), f]), new Map());
  if (on.size) assert.fail(`${on.size} findings\n${[...on].map(([line, at]) => `${line}\n    on ${[...new Set(at.map((f) => f.screen))].join(', ')}`).join('\n')}`);
}

async function walk(page, screens) {
  const found = [];
  for (const [path, ready] of screens) {
    await page.goto(path);
    await page.locator(ready).first().waitFor();
    await page.waitForTimeout(400); // entrance motion ends
    found.push(...await check(page, path.replace(/[a-z]{3}_\w+/g, ':id')));
  }
  return found;
}

let made;
// place is a channel, a shop and a room on air with something in each.
const place = (server) => (made ??= (async () => {
  const h = await host(server, '人人能用');
  const item = await product(h, 0, { values: ['青', '白'] });
  const clip = await post(h, 'celadon-bowl', '龙泉的青', item.id);
  const viewer = await buyer(server, '看客');
  await viewer.post(`/channel/posts/${clip.id}/comments`, { text: '好看' });
  const sold = (await viewer.buy({ skuId: item.skus[0].id, addressId: viewer.addressId })).order;
  const room = await onAir(server, h, { productIds: [item.id] });
  await h.c.post(`/live/rooms/${room.id}/explain`, { productId: item.id });
  await h.c.post(`/live/rooms/${room.id}/comments`, { text: '欢迎' });
  return { h, item, clip, viewer, sold, room };
})());

journey('axe: the viewer has no serious finding', async ({ server, phone }) => {
  const { h, item, clip, viewer, sold, room } = await place(server);
  const page = await phone(viewer);
  const found = await walk(page, [
    ['/', '.feed__slide'], ['/live', '.tile'], [`/c/${h.channel.handle}`, 'h1'], [`/p/${clip.id}`, 'article'], [`/product/${item.id}`, 'h1'], [`/shop/${h.shop.id}`, 'h1, h2'],
    ['/orders', 'article'], [`/orders/${sold.id}`, 'h2'], ['/me', 'h1'], ['/me/settings', 'h2'], ['/me/addresses', 'main'], ['/me/open', 'h2'], ['/create', 'main'], ['/tag/夜市', 'main'],
  ]);
  await page.goto(`/live/${room.id}`);
  await moving(page);
  found.push(...await check(page, 'room'));
  await page.getByRole('button', { name: '马上抢' }).tap();
  await page.getByRole('button', { name: /^支付/ }).waitFor();
  found.push(...await check(page, 'buy sheet'));
  clean(found);
});

journey('axe: the consoles have no serious finding', async ({ server, desktop }) => {
  const { h, room } = await place(server);
  const page = await desktop(h.c);
  const found = await walk(page, [
    ['/console/home', 'h1'], ['/console/content', 'table'], ['/console/content/publish', '.well'], ['/console/live', 'table'], ['/console/live/new', '#room-title'], [`/console/live/${room.id}`, '.shelf li'],
    ['/console/shop', 'h1'], ['/console/shop/products', 'table'], ['/console/shop/products/new', '#p-title'], ['/console/shop/orders', 'table'], ['/console/shop/refunds', 'h1'], ['/console/shop/finance', 'h1'],
    ['/console/shop/settings', 'h1'], ['/console/settings', 'h1'], ['/console/settings/channel', 'h1'], ['/console/settings/team', 'h1'], ['/console/settings/sessions', 'h1'], [`/console/live/${room.id}/summary`, 'h1'],
  ]);
  const op = await desktop(await operator(server));
  await op.addInitScript(() => localStorage.setItem('hawker.theme', 'dark'));
  found.push(...await walk(op, [
    ['/console/operator', 'h1'], ['/console/operator/users', 'table'], ['/console/operator/rooms', 'h1'], ['/console/operator/posts', 'table'], ['/console/operator/comments', 'table'], ['/console/operator/orders', 'table'],
    ['/console/operator/ledger', '.verdict'], ['/console/operator/stuck', 'h1'], ['/console/operator/log', 'h1'], ['/console/operator/sandbox', '.line'],
  ]));
  const nobody = await desktop();
  found.push(...await walk(nobody, [['/console/sign-in', '#sign-login'], ['/docs', 'h1']]));
  clean(found);
});
