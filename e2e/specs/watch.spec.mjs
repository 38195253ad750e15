// The viewer's way: feed, live room, two taps, order.
import assert from 'node:assert/strict';
import { journeys } from '../lib/journey.mjs';
import { moving, progress, shot, swipe } from '../lib/browser.mjs';
import { buyer, host, onAir, operator, person, post, product, until } from '../lib/world.mjs';

const journey = journeys();
let made;
// market is the host whom every journey here visits.
const market = (server) => (made ??= host(server, '小满夜市'));

const shown = (page) => page.locator('.feed__slide:not([inert])').getByRole('article').getAttribute('aria-label');

// nextSlide swipes until another post has come to rest.
async function nextSlide(page) {
  const before = await shown(page);
  await swipe(page);
  await until(async () => (await shown(page)) !== before, 5000, 'the swipe shows the next post');
  await until(() => page.evaluate(() => { const el = document.querySelector('.feed__scroll'); return el.scrollTop % el.clientHeight === 0; }), 5000, 'the post comes to rest');
}

journey('feed: a clip moves, one swipe brings the next, like, comment, follow, buy from the clip', async ({ server, phone }) => {
  const h = await market(server);
  const item = await product(h, 1, { values: ['500 克', '1 千克'] });
  await post(h, 'sea-dusk', '海边收摊前的最后一刻');
  await post(h, 'celadon-bowl', '龙泉的青，看一眼就记住');
  await post(h, 'chestnut-pan', '现炒栗子，隔着屏幕都香', item.id);
  const viewer = await buyer(server, '林栖');
  const page = await phone(viewer);
  await page.goto('/');
  const slide = page.locator('.feed__slide:not([inert])');
  await slide.getByRole('article').waitFor();
  await moving(page);
  await shot(page, 'feed-phone');

  await nextSlide(page);
  await moving(page);

  const like = slide.getByRole('button', { name: /次喜欢/ });
  assert.equal(await like.getAttribute('aria-pressed'), 'false');
  await like.tap();
  await slide.getByRole('button', { name: '1 次喜欢', pressed: true }).waitFor();

  await slide.getByRole('button', { name: /条评论/ }).tap();
  const sheet = page.getByRole('dialog', { name: /条评论/ });
  await sheet.getByRole('textbox', { name: '说点什么' }).fill('颜色真好看');
  await sheet.getByRole('button', { name: '发送' }).tap();
  await sheet.getByText('颜色真好看').waitFor();
  await shot(page, 'feed-comments-phone');
  await sheet.getByRole('button', { name: '关闭' }).tap();
  await slide.getByRole('button', { name: '1 条评论' }).waitFor();

  await slide.getByRole('button', { name: '关注 小满夜市' }).tap();
  await page.getByText('关注了，开播会看到').waitFor();
  assert.equal((await viewer.get('/channel/following')).items[0]?.name, '小满夜市');

  await page.goto('/');
  for (let i = 0; i < 2 && !(await shown(page)).includes('栗子'); i++) await nextSlide(page);
  await slide.getByRole('button', { name: /糖炒栗子.*买/ }).tap();
  const buy = page.getByRole('dialog', { name: '购买' });
  await buy.getByRole('radio', { name: '1 千克' }).tap();
  await buy.getByRole('button', { name: '支付 ¥29.80' }).waitFor();
  await shot(page, 'feed-buy-phone');
  await buy.getByRole('button', { name: '支付 ¥29.80' }).tap();
  await buy.getByText('买好了').waitFor();
});

journey('live: enter from the square, buy in two taps while the picture plays, a second viewer sees stock fall', async ({ server, phone, desktop }) => {
  const h = await market(server);
  const cup = await product(h, 0);
  const orange = await product(h, 2);
  const room = await onAir(server, h, { productIds: [cup.id, orange.id] });
  await h.c.post(`/live/rooms/${room.id}/explain`, { productId: cup.id });
  const before = await h.c.get(`/money/shops/${h.shop.id}/balance`);
  const viewer = await buyer(server, '周渔');
  const page = await phone(viewer);
  const wide = await desktop(await person(server, '旁观的人'));
  await page.goto('/');
  await page.getByRole('link', { name: '直播', exact: true }).tap();
  await page.getByRole('link', { name: /周五夜市/ }).waitFor();
  await shot(page, 'square-phone');
  await page.getByRole('link', { name: /周五夜市/ }).tap();
  await page.waitForURL(`**/live/${room.id}*`);
  const picture = await moving(page);
  assert.deepEqual([picture.width, picture.height], [540, 960]);

  await h.c.post(`/live/rooms/${room.id}/comments`, { text: '欢迎进来的朋友' });
  await page.getByText('欢迎进来的朋友').first().waitFor({ timeout: 3000 });
  const card = page.getByRole('region', { name: '讲解中' });
  await card.getByText('龙泉青瓷主人杯').waitFor();
  await card.getByRole('meter', { name: '还有 60 件' }).waitFor();
  await wide.goto(`/live/${room.id}`);
  await moving(wide);
  await page.getByLabel('2 在看').waitFor({ timeout: 10_000 });
  await shot(page, 'room-phone');

  const box = page.getByRole('textbox', { name: '说点什么' });
  await box.fill('还有货吗？');
  await page.getByRole('button', { name: '发送' }).tap();
  await wide.getByText('还有货吗？').first().waitFor({ timeout: 3000 });
  await page.getByRole('button', { name: '喝彩' }).tap();

  await card.getByRole('button', { name: '马上抢' }).tap(); // the first tap
  const buy = page.getByRole('dialog', { name: '购买' });
  const pay = buy.getByRole('button', { name: '支付 ¥129.00' });
  await pay.waitFor();
  await shot(page, 'room-buy-phone');
  const [, during] = await Promise.all([pay.tap(), progress(page, 'video', 1500)]); // the second
  assert.ok(during.frames > 5 && during.seconds > 0.5, `the picture stopped while paying: ${JSON.stringify(during)}`);
  await buy.getByText('买好了').waitFor();
  await shot(page, 'room-paid-phone');
  const shelf = wide.getByRole('complementary', { name: '货架' });
  await shelf.getByRole('meter', { name: '还有 59 件' }).waitFor({ timeout: 3000 });
  await wide.getByText('周渔 买了 1 号龙泉青瓷主人杯').first().waitFor({ timeout: 3000 });
  await shot(wide, 'room-desktop');

  await buy.getByRole('link', { name: '看订单' }).tap();
  await page.getByRole('heading', { name: '店家在备货' }).waitFor();
  await shot(page, 'order-phone');
  await page.goto('/orders');
  await page.getByRole('article').filter({ hasText: '龙泉青瓷主人杯' }).getByText('等店家发货').waitFor();
  await shot(page, 'orders-phone');

  const shop = await h.c.get(`/money/shops/${h.shop.id}/balance`);
  assert.equal(shop.escrowMinor, before.escrowMinor + 12900);
  const ledger = await (await operator(server)).get('/moderation/ledger');
  assert.deepEqual([ledger.ok, ledger.breaks], [true, []]);
  await h.c.once(`/live/rooms/${room.id}/end`);
});

journey('live in English: a first purchase asks for an address once', async ({ server, phone }) => {
  const h = await market(server);
  const room = await onAir(server, h, { title: 'Friday market', productIds: [(await product(h, 0, { title: 'Celadon cup' })).id] });
  const page = await phone(await person(server, 'Mara'), { locale: 'en-US' });
  await page.goto(`/live/${room.id}`);
  await moving(page);
  await page.getByRole('button', { name: /^Shelf/ }).tap();
  await page.getByRole('dialog').getByRole('button', { name: /Celadon cup/ }).tap();
  const buy = page.getByRole('dialog');
  await buy.locator('input[name=name]').fill('Mara Lin');
  await buy.locator('input[name=tel]').fill('13812346021');
  await buy.locator('input[name=region]').fill('Hangzhou');
  await buy.locator('input[name=detail]').fill('1 Market Road');
  await shot(page, 'buy-address-phone-en');
  await buy.getByRole('button', { name: 'Save' }).tap();
  await buy.getByRole('button', { name: /^Pay ¥129\.00/ }).tap();
  await buy.getByRole('link', { name: /order/i }).waitFor();
  await shot(page, 'buy-paid-phone-en');
  await h.c.once(`/live/rooms/${room.id}/end`);
  await page.goto(`/live/${room.id}`);
  await page.getByText('The live has ended').or(page.locator('.face__title')).first().waitFor();
  await shot(page, 'room-ended-phone-en');
});
