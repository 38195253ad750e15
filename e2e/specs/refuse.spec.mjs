// What must not work, at the screen: too many, too late, twice, forged, never notified.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { journeys } from '../lib/journey.mjs';
import { shot } from '../lib/browser.mjs';
import { buyer, host, operator, product, until } from '../lib/world.mjs';

const journey = journeys();
const calm = { delayMs: 0, duplicate: false, lost: false, outOfOrder: false, wrongAmount: false, failRefund: false };

// sheet opens the buy sheet of a product on a phone.
async function sheet(page, item) {
  await page.goto(`/product/${item.id}`);
  await page.getByRole('button', { name: '马上抢' }).tap();
  return page.getByRole('dialog', { name: '购买' });
}
const orders = async (c) => (await c.get('/shop/orders')).items;

journey('buying: the limit, the last piece and a sold-out shelf are told on screen', async ({ server, phone }) => {
  const h = await host(server, '限量铺');
  const limited = await product(h, 0, { limit: 2 });
  const last = await product(h, 2, { stock: 1 });
  const viewer = await buyer(server, '想多买的人');
  const page = await phone(viewer);
  const buy = await sheet(page, limited);
  await buy.getByText('每人限购 2 件').waitFor();
  await buy.getByRole('button', { name: '多一件' }).tap();
  assert.ok(await buy.getByRole('button', { name: '多一件' }).isDisabled());
  await buy.getByRole('button', { name: '支付 ¥258.00' }).tap();
  await buy.getByText('买好了').waitFor();
  const again = await sheet(page, limited);
  await again.getByRole('button', { name: /^支付/ }).tap();
  await again.getByText('每人限购 2 件，你已经到了').waitFor();
  await shot(page, 'buy-limit-phone');

  const quick = await buyer(server, '手快的人');
  const quoted = page.waitForResponse(/shop\/quotes/);
  const late = await sheet(page, last);
  await quoted;
  await quick.buy({ skuId: last.skus[0].id, addressId: quick.addressId });
  await late.getByRole('button', { name: '支付 ¥49.00' }).tap();
  await late.getByRole('alert').waitFor();
  await until(async () => (await late.getByRole('button', { name: '抢完了' }).count()) > 0, 5000, 'the sheet says that it is gone');
  await shot(page, 'buy-sold-out-phone');
  assert.equal((await orders(viewer)).length, 1);
});

journey('paying: a double tap is one order and one charge', async ({ server, phone }) => {
  const h = await host(server, '连点铺');
  const item = await product(h, 1);
  const viewer = await buyer(server, '手抖的人');
  const page = await phone(viewer);
  const buy = await sheet(page, item);
  const pay = buy.getByRole('button', { name: '支付 ¥29.80' });
  await pay.waitFor();
  await pay.evaluate((b) => { b.click(); b.click(); b.click(); });
  await buy.getByText('买好了').waitFor();
  assert.equal((await orders(viewer)).length, 1);
  assert.equal((await h.c.get(`/money/shops/${h.shop.id}/balance`)).escrowMinor, 2980);
  assert.equal((await viewer.get(`/shop/products/${item.id}`)).skus[0].left, 199);

  // The same key with another body is another intent and is refused; with the same body it is the same order.
  const quote = await viewer.post('/shop/quotes', { lines: [{ skuId: item.skus[0].id, quantity: 1 }], addressId: viewer.addressId });
  const body = { quoteId: quote.id, expectedTotalMinor: quote.totalMinor, addressId: viewer.addressId, provider: 'sandbox' };
  const key = randomUUID();
  const answers = await Promise.allSettled(Array.from({ length: 8 }, () => viewer.once('/shop/orders', body, key)));
  const made = new Set(answers.filter((a) => a.status === 'fulfilled').map((a) => a.value.order.id));
  assert.equal(made.size, 1);
  await assert.rejects(viewer.once('/shop/orders', { ...body, note: '换一句' }, key), { status: 409, code: 'idempotency_key_reused' });
  assert.equal((await orders(viewer)).length, 2);
});

journey('paying: a notification that never comes is settled by asking; a forged one is refused', async ({ server, phone, desktop }) => {
  const h = await host(server, '慢银行');
  const item = await product(h, 0);
  const op = await operator(server);
  const page = await desktop(op);
  await page.goto('/console/operator/sandbox');
  await page.getByRole('switch', { name: '通知丢失' }).locator('..').click();
  await page.getByText('已生效').waitFor();
  await shot(page, 'sandbox-console');
  assert.equal((await op.get('/money/sandbox/faults')).lost, true);

  const viewer = await buyer(server, '有耐心的人');
  const view = await phone(viewer);
  const buy = await sheet(view, item);
  await buy.getByRole('button', { name: '支付 ¥129.00' }).tap();
  await buy.getByRole('button', { name: '正在付' }).or(buy.getByText('买好了')).waitFor();
  const [order] = await until(async () => { const all = await orders(viewer); return all.length && all; }, 5000, 'the order stands');

  const forged = JSON.stringify({ id: randomUUID(), paymentId: order.paymentId, orderId: order.id, state: 'paid', status: 'paid', amountMinor: order.totalMinor, currency: 'CNY' });
  for (const headers of [{}, { 'x-signature': 'AAAA' }, { 'sandbox-signature': createHmac('sha256', 'guess').update(forged).digest('hex') }]) {
    const res = await fetch(`${server.url}/api/v1/money/notify/sandbox`, { method: 'POST', body: forged, headers: { 'content-type': 'application/json', ...headers } });
    assert.ok(res.status >= 400 && res.status < 500, `a forged notification got ${res.status}`);
  }
  await buy.getByText('买好了').waitFor({ timeout: 60_000 });
  await shot(view, 'buy-lost-notify-phone');
  assert.equal((await viewer.get(`/shop/orders/${order.id}`)).state, 'paid');
  await op.put('/money/sandbox/faults', { ...calm, duplicate: true, outOfOrder: true });
  await viewer.buy({ skuId: item.skus[0].id, addressId: viewer.addressId });
  await op.put('/money/sandbox/faults', { ...calm, wrongAmount: true });
  const short = await viewer.buy({ skuId: item.skus[0].id, addressId: viewer.addressId, waitMs: 1500 });
  assert.notEqual((await viewer.get(`/shop/orders/${short.order.id}`)).state, 'closed');
  await op.put('/money/sandbox/faults', calm);
  await page.goto('/console/operator/ledger');
  await page.getByText(/账是平的：/).waitFor();
  await shot(page, 'ledger-console');
});
