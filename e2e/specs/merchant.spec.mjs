// A merchant from nothing to money: shop, product, order arriving live, parcels, refund, ledger.
import assert from 'node:assert/strict';
import { journeys } from '../lib/journey.mjs';
import { shot } from '../lib/browser.mjs';
import { avatar, buyer, host, operator, picture, product, until } from '../lib/world.mjs';

const journey = journeys();
/** The promise of opening a shop, first product included. */
const OPEN_MS = 180_000;

async function balanced(server) {
  const ledger = await (await operator(server)).get('/moderation/ledger');
  assert.deepEqual([ledger.ok, ledger.breaks], [true, []]);
}

journey('merchant: a new account opens a shop and puts a product with variants on sale', async ({ server, desktop, phone }) => {
  const began = Date.now();
  const page = await desktop();
  await page.goto('/console/shop/open');
  await page.waitForURL('**/sign-in**');
  await page.getByRole('button', { name: '没有账号，去注册' }).click();
  await page.getByLabel('名字').fill('林栖');
  await page.getByLabel('账号').fill(`merchant-${began}`);
  await page.getByLabel('密码').fill('a long enough pass phrase');
  await shot(page, 'sign-up-console');
  await page.getByRole('button', { name: '注册并进入' }).click();
  await page.waitForURL('**/console/shop/open');
  await page.getByLabel('店名').fill('龙泉小窑');
  await page.getByLabel('店标').setInputFiles(avatar('market'));
  await shot(page, 'shop-open-console');
  await page.getByRole('button', { name: '开店，上第一件商品' }).click();
  await page.waitForURL('**/shop/products/new**');

  await page.getByRole('button', { name: '上架' }).click(); // nothing filled in yet
  await page.getByRole('alert').filter({ hasText: '商品名没有填' }).waitFor();
  await page.getByLabel('加图').setInputFiles([picture('bowl-celadon'), picture('bowl-red')]);
  await page.getByLabel('商品名').fill('青瓷对杯');
  await page.getByRole('button', { name: '加规格' }).click();
  await page.getByLabel('加一个值').fill('梅子青 粉青');
  await page.getByLabel('加一个值').press('Enter');
  await page.getByLabel('梅子青 售价').fill('129');
  await page.getByLabel('梅子青 库存').fill('20');
  await page.getByLabel('粉青 售价').fill('139.5');
  await page.getByLabel('粉青 库存').fill('8');
  await shot(page, 'product-new-console');
  await page.getByRole('button', { name: '上架' }).click();
  await page.getByText('已上架').first().waitFor();
  assert.ok(Date.now() - began < OPEN_MS);

  await page.goto('/console/shop/products');
  await page.getByRole('row', { name: /青瓷对杯/ }).waitFor();
  await shot(page, 'products-console');
  const shops = (await page.request.get('/api/v1/shop/mine').then((r) => r.json())).items;
  const viewer = await phone(await buyer(server, '逛店的人'));
  await viewer.goto(`/shop/${shops[0].id}`);
  await viewer.getByText('青瓷对杯').first().tap();
  await viewer.getByRole('heading', { name: '青瓷对杯' }).waitFor();
  await shot(viewer, 'product-phone');
  await viewer.getByRole('button', { name: '马上抢' }).tap();
  const buy = viewer.getByRole('dialog', { name: '购买' });
  await buy.getByRole('radio', { name: '粉青' }).tap();
  await buy.getByRole('button', { name: '支付 ¥139.50' }).waitFor();
  await shot(viewer, 'product-buy-phone');
});

journey('merchant: orders arrive by themselves, ship one and a batch; the buyer confirms and the money moves', async ({ server, desktop, phone }) => {
  const h = await host(server, '发货演练');
  const item = await product(h, 1);
  const skuId = item.skus[0].id;
  const people = await Promise.all(['阿青', '老周', '小北'].map((name) => buyer(server, name)));
  const page = await desktop(h.c);
  await page.goto('/console/shop/orders');
  await page.getByText('没有要发的').or(page.getByText('还没有订单')).first().waitFor();

  const first = await people[0].buy({ skuId, addressId: people[0].addressId });
  assert.equal(first.payment.state, 'paid');
  const fresh = page.getByRole('button', { name: /1 单刚付款，点开看/ });
  const row = page.getByRole('row', { name: /糖炒栗子/ });
  await fresh.or(row).first().waitFor({ timeout: 5000 }); // nobody reloaded the page
  if (await fresh.isVisible()) await fresh.click();
  await row.first().waitFor();
  await shot(page, 'orders-arrive-console');

  await row.first().getByRole('button', { name: '发货' }).click();
  await page.getByLabel('快递', { exact: true }).fill('SF');
  await page.getByLabel('运单号', { exact: true }).fill('SF1402883720');
  await shot(page, 'order-ship-console');
  await page.getByRole('dialog').getByRole('button', { name: '发货' }).click();
  await page.getByRole('dialog').getByText('SF SF1402883720').waitFor();
  await page.keyboard.press('Escape');

  const more = [];
  for (const p of people.slice(1)) more.push(await p.buy({ skuId, addressId: p.addressId }));
  await page.goto('/console/shop/orders?state=paid');
  await page.getByRole('button', { name: '批量发货' }).click();
  const sheet = page.getByRole('dialog', { name: '批量发货' });
  await sheet.getByLabel('发货清单').fill([...more.map(({ order }, i) => `${order.number}, ZTO, ZTO77000000${i}`), '99999999999999999999, ZTO, ZTO770000009'].join('\n'));
  await sheet.getByRole('button', { name: '核对' }).click();
  await sheet.getByText('2 单可以发').waitFor();
  await sheet.getByText('1 行有问题，会跳过').waitFor();
  await shot(page, 'orders-batch-check-console');
  await sheet.getByRole('button', { name: '发出 2 单' }).click();
  await page.getByText('批量发货完成').first().waitFor();
  await shot(page, 'orders-batch-console');
  for (const [i, { order }] of more.entries()) assert.equal((await people[i + 1].get(`/shop/orders/${order.id}`)).state, 'shipped');

  const viewer = await phone(people[0]);
  await viewer.goto(`/orders/${first.order.id}`);
  await viewer.getByRole('heading', { name: '在路上' }).waitFor();
  await viewer.getByRole('button', { name: '确认收货' }).tap();
  await shot(viewer, 'order-receive-ask-phone');
  await viewer.getByRole('alertdialog', { name: '东西收到了？' }).getByRole('button', { name: '收到了' }).tap();
  await viewer.getByRole('heading', { name: '收到了', exact: true }).waitFor();
  await shot(viewer, 'order-received-phone');
  const fee = Math.floor((2980 * h.shop.feeBps) / 10_000);
  const money = await until(async () => {
    const b = await h.c.get(`/money/shops/${h.shop.id}/balance`);
    return b.settledMinor > 0 && b;
  }, 5000, 'the money is settled');
  assert.deepEqual([money.settledMinor, money.escrowMinor, Math.abs(money.feesMinor)], [2980 - fee, 2 * 2980, fee]);
  await page.goto('/console/shop/finance');
  await page.getByText('¥59.60').first().waitFor();
  await shot(page, 'finance-console');
  await balanced(server);
});

journey('refund: the buyer asks, the merchant refuses with a reason, then approves; the money goes back', async ({ server, desktop, phone }) => {
  const h = await host(server, '售后演练');
  const item = await product(h, 2);
  const person = await buyer(server, '反悔的人');
  const { order } = await person.buy({ skuId: item.skus[0].id, addressId: person.addressId });
  const viewer = await phone(person);
  const page = await desktop(h.c);
  const ask = async (reason) => {
    await viewer.goto(`/orders/${order.id}`);
    await viewer.getByRole('button', { name: '申请售后' }).tap();
    const sheet = viewer.getByRole('dialog', { name: '申请售后' });
    await sheet.getByRole('radio', { name: reason }).check();
    await sheet.getByRole('button', { name: '提交申请' }).tap();
    await viewer.getByRole('heading', { name: '等店家回复退款' }).first().waitFor();
  };
  const handle = async (verb, reply) => {
    await page.goto('/console/shop/refunds');
    await page.getByRole('button', { name: '去处理' }).click();
    await page.getByRole('button', { name: verb, exact: true }).click();
    const asking = page.getByRole('dialog', { name: new RegExp(`^${verb}`) });
    if (reply) await asking.getByRole('textbox').fill(reply);
    await shot(page, `refund-${reply ? 'refuse' : 'approve'}-console`);
    await asking.getByRole('button', { name: verb, exact: true }).click();
    await asking.waitFor({ state: 'hidden' });
  };
  await ask('不想要了');
  await handle('拒绝', '已经打包，收到后可退');
  await viewer.reload();
  await viewer.getByText('已经打包，收到后可退').waitFor();
  await shot(viewer, 'refund-refused-phone');

  await ask('太久没收到');
  await handle('同意退款');
  await until(async () => (await person.get(`/shop/orders/${order.id}`)).state === 'refunded', 10_000, 'the order is refunded');
  await viewer.reload();
  await viewer.getByRole('heading', { name: '钱退回来了' }).first().waitFor();
  await shot(viewer, 'refund-done-phone');
  const money = await h.c.get(`/money/shops/${h.shop.id}/balance`);
  assert.deepEqual([money.escrowMinor, money.settledMinor], [0, 0]);
  assert.equal(Math.abs(money.refundedMinor), 4900);
  assert.equal((await person.get(`/shop/products/${item.id}`)).skus[0].left, 12, 'the stock came back');
  await balanced(server);
});
