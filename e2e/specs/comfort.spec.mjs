// Comfort: memory that stays, hands that never need a mouse, language and look that change in place.
import assert from 'node:assert/strict';
import { journeys } from '../lib/journey.mjs';
import { moving, shot, swipe } from '../lib/browser.mjs';
import { buyer, host, onAir, post, product, until } from '../lib/world.mjs';

const journey = journeys();
const CLIPS = 32;
const names = ['celadon-bowl', 'chestnut-pan', 'sea-dusk', 'bun-steamer'];

// tabTo presses Tab until the element has the focus; it fails when the keyboard cannot get there.
async function tabTo(page, locator, key = 'Tab', limit = 80) {
  await locator.first().waitFor();
  for (let i = 0; i < limit; i++) {
    if (await locator.evaluateAll((all) => all.some((el) => el === document.activeElement))) return;
    await page.keyboard.press(key);
  }
  throw new Error(`the keyboard does not reach ${locator} on ${page.url()}`);
}

async function heap(cdp) {
  await cdp.send('HeapProfiler.collectGarbage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name) => metrics.find((m) => m.name === name).value;
  return { mb: of('JSHeapUsedSize') / 2 ** 20, nodes: of('Nodes') };
}

journey('feed: thirty clips later the page holds no more than after ten', async ({ server, phone, note }) => {
  const h = await host(server, '三十条');
  for (let i = 0; i < CLIPS; i++) await post(h, names[i % names.length], `第 ${i + 1} 条`);
  const page = await phone(await buyer(server, '一直刷'));
  await page.goto('/');
  await moving(page);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const shown = () => page.locator('.feed__slide:not([inert])').getByRole('article').getAttribute('aria-label');
  let ten;
  for (let i = 1; i <= 30; i++) {
    const before = await shown();
    await swipe(page);
    await until(async () => (await shown()) !== before, 5000, `swipe ${i} shows the next clip`);
    await until(() => page.evaluate(() => { const el = document.querySelector('.feed__scroll'); return el.scrollTop % el.clientHeight === 0; }), 5000, 'the clip comes to rest');
    if (i === 10) ten = await heap(cdp);
  }
  await moving(page);
  const thirty = await heap(cdp);
  const videos = await page.locator('video').count();
  note(`after 10: ${ten.mb.toFixed(1)} MB, ${ten.nodes} nodes; after 30: ${thirty.mb.toFixed(1)} MB, ${thirty.nodes} nodes, ${videos} players`);
  assert.ok(thirty.mb - ten.mb < 2, `the heap grew by ${(thirty.mb - ten.mb).toFixed(1)} MB`);
  assert.ok(thirty.nodes < ten.nodes * 1.25 + 200, `nodes grew from ${ten.nodes} to ${thirty.nodes}`);
  assert.ok(videos <= 5, `${videos} players are alive`);
});

journey('keyboard only: a purchase in a live room', async ({ server, desktop }) => {
  const h = await host(server, '不用鼠标');
  const item = await product(h, 0, { values: ['青', '白'] });
  const room = await onAir(server, h, { productIds: [item.id] });
  await h.c.post(`/live/rooms/${room.id}/explain`, { productId: item.id });
  const viewer = await buyer(server, '键盘手');
  const page = await desktop(viewer);
  await page.goto(`/live/${room.id}`);
  await moving(page);
  await tabTo(page, page.getByRole('button', { name: /马上抢|买/ }));
  await page.keyboard.press('Enter');
  const buy = page.getByRole('dialog', { name: '购买' });
  await buy.waitFor();
  assert.ok(await buy.evaluate((el) => el.contains(document.activeElement)), 'the sheet takes the focus');
  await tabTo(page, buy.getByRole('radio'));
  await page.keyboard.press('ArrowRight');
  await tabTo(page, buy.getByRole('button', { name: /^支付 ¥129\.00/ }));
  await page.keyboard.press('Enter');
  await buy.getByText('买好了').waitFor();
  const order = (await viewer.get('/shop/orders')).items[0];
  assert.equal(order.totalMinor, 12900);
  await shot(page, 'keyboard-bought-desktop');
  await page.keyboard.press('Escape');
  await buy.waitFor({ state: 'detached' });
  assert.notEqual(await page.evaluate(() => document.activeElement.tagName), 'BODY', 'the focus returns to where it came from');
  await h.c.once(`/live/rooms/${room.id}/end`);
});

journey('keyboard only: running a live', async ({ server, desktop }) => {
  const h = await host(server, '键盘主播');
  const goods = [await product(h, 0), await product(h, 1), await product(h, 2)];
  const room = await onAir(server, h, { productIds: goods.map((g) => g.id) });
  const viewer = await buyer(server, '问个不停');
  await viewer.post(`/live/rooms/${room.id}/comments`, { text: '第二件还有吗？' });
  const page = await desktop(h.c);
  await page.goto(`/console/live/${room.id}`);
  await page.locator('.shelf li').nth(2).waitFor();
  const state = () => h.c.get(`/live/rooms/${room.id}`);
  const explained = async (id) => until(async () => ((await state()).explaining?.productId ?? (await state()).product?.id) === id, 5000, `product ${id} is explained`);

  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await explained(goods[1].id);
  await page.keyboard.press('Shift+Digit3');
  await explained(goods[2].id);
  await page.keyboard.press('/');
  await page.keyboard.type('还有二百份，慢慢挑');
  await page.keyboard.press('Enter');
  await until(async () => (await h.c.get(`/live/rooms/${room.id}/comments`)).items.some((c) => c.text === '还有二百份，慢慢挑'), 5000, 'the host spoke');
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('b'); // blocks the asker, and asks first
  await page.getByRole('dialog').getByRole('button', { name: '不让说话' }).press('Enter');
  await until(async () => (await viewer.post(`/live/rooms/${room.id}/comments`, { text: '还在吗' }).catch((e) => e)).code === 'muted', 5000, 'the blocked viewer cannot talk');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.keyboard.press('Alt+Digit4');
  await page.locator('[aria-keyshortcuts="Alt+4"][aria-pressed="true"]').waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await shot(page, 'keyboard-live-desktop');
  await page.keyboard.down('Alt');
  await page.keyboard.down('KeyE');
  await page.waitForTimeout(2000);
  await page.keyboard.up('KeyE');
  await page.keyboard.up('Alt');
  await until(async () => (await state()).state === 'ended', 8000, 'the live has ended');
});

journey('language and look change in place, and what was typed stays', async ({ server, phone }) => {
  const page = await phone(await buyer(server, '换个样子'));
  await page.goto('/me/settings');
  await page.getByLabel('简介').fill('还没写完的一句话');
  const born = await page.evaluate(() => performance.timeOrigin);
  await page.getByRole('radio', { name: 'English' }).or(page.getByRole('button', { name: 'English' })).first().tap();
  await page.getByRole('heading', { name: 'Settings' }).first().waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await page.getByRole('radio', { name: 'Dark' }).or(page.getByRole('button', { name: 'Dark' })).first().tap();
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
  assert.equal(await page.locator('textarea').inputValue(), '还没写完的一句话');
  assert.equal(await page.evaluate(() => performance.timeOrigin), born, 'the page was not loaded again');
  await shot(page, 'settings-en-dark-phone');
});

journey('a live made small goes along while shopping, and comes back without a new connection', async ({ server, phone }) => {
  const h = await host(server, '小窗');
  const item = await product(h, 0);
  await post(h, 'sea-dusk', '收摊');
  const room = await onAir(server, h, { productIds: [item.id] });
  const page = await phone(await buyer(server, '边看边逛'));
  const sockets = [];
  page.on('websocket', (ws) => sockets.push(ws.url()));
  await page.goto(`/live/${room.id}`);
  await moving(page);
  await page.getByRole('button', { name: '更多' }).first().tap();
  await page.getByRole('button', { name: '小窗' }).or(page.getByRole('menuitem', { name: '小窗' })).first().tap();
  const small = page.getByRole('region', { name: /小窗/ });
  await small.waitFor();
  await moving(page, '[data-floating] video, [aria-label*="小窗"] video');
  await page.waitForURL((u) => !u.pathname.startsWith('/live/'));
  await page.getByRole('link', { name: '我', exact: true }).tap();
  await page.waitForURL('**/me');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await small.waitFor();
  await page.goBack();
  await page.waitForURL((u) => !/^\/(me|live\/)/.test(u.pathname));
  await moving(page, '[data-floating] video, [aria-label*="小窗"] video');
  await shot(page, 'floating-phone');
  await small.getByRole('button', { name: /回到直播/ }).tap();
  await page.waitForURL(`**/live/${room.id}*`);
  await moving(page);
  assert.equal(sockets.filter((u) => u.includes(room.id)).length, 1, 'one connection to the room all the way');
  await h.c.once(`/live/rooms/${room.id}/end`);
});
