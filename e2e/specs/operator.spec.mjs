// The operator's hand: a room, a post, a comment, a person; every act leaves its line.
import assert from 'node:assert/strict';
import { journeys } from '../lib/journey.mjs';
import { moving, shot } from '../lib/browser.mjs';
import { host, onAir, operator, person, post } from '../lib/world.mjs';

const journey = journeys();

// decide gives a reason in the open dialog and confirms.
async function decide(page, verb, reason = '虚假宣传') {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: reason }).click();
  await dialog.getByRole('button', { name: verb, exact: true }).click();
  await page.getByText('已处理，记入日志').or(page.getByText('已停播')).first().waitFor();
}

journey('operator: stops a room, hides a post and a comment, suspends a person; the log tells it', async ({ server, phone, desktop }) => {
  const h = await host(server, '夸大其词');
  const bad = await post(h, 'telescope', '一看就会的望远镜');
  await post(h, 'meteor-night', '流星夜');
  const rude = await person(server, '出言不逊');
  const said = await rude.post(`/channel/posts/${bad.id}/comments`, { text: '这条评论很难听' });
  const room = await onAir(server, h, { title: '包治百病' });
  const viewer = await phone(await person(server, '看客'));
  await viewer.goto(`/live/${room.id}`);
  await moving(viewer);
  const op = await operator(server);
  const page = await desktop(op);

  await page.goto('/console/operator');
  await page.getByRole('heading', { name: '总览' }).waitFor();
  await page.getByText('账是平的').waitFor();
  await shot(page, 'operator-overview');
  await page.goto('/console/operator/rooms');
  await page.getByText('包治百病').first().waitFor();
  await shot(page, 'operator-rooms');
  await page.getByRole('button', { name: '停播' }).first().click();
  await decide(page, '停播');
  await viewer.getByText('直播结束了').waitFor({ timeout: 5000 });
  await shot(viewer, 'room-stopped-phone');
  assert.equal((await h.c.get(`/live/rooms/${room.id}`)).state, 'ended');

  await page.goto('/console/operator/comments');
  await page.getByRole('row', { name: /这条评论很难听/ }).getByRole('button', { name: '隐藏' }).click();
  await decide(page, '隐藏');
  const comments = (await (await person(server, '旁人')).get(`/channel/posts/${bad.id}/comments`)).items;
  assert.equal(comments.find((c) => c.id === said.id && c.text === said.text && !c.hidden), undefined);

  await page.goto('/console/operator/posts');
  await page.getByRole('row', { name: /一看就会的望远镜/ }).getByRole('button', { name: '隐藏' }).click();
  await decide(page, '隐藏');
  await viewer.goto('/');
  await viewer.locator('.feed__slide:not([inert])').getByRole('article', { name: '流星夜' }).waitFor();
  assert.equal(await viewer.getByText('一看就会的望远镜').count(), 0);
  assert.deepEqual((await (await person(server, '又一人')).get('/feed?tab=recommended')).items.filter((i) => i.post?.id === bad.id), []);

  const outsider = await phone(rude);
  await outsider.goto('/me');
  await outsider.getByText('出言不逊').waitFor();
  await page.goto('/console/operator/users');
  await page.getByRole('row', { name: /出言不逊/ }).getByRole('button', { name: '停用' }).click();
  await decide(page, '停用');
  await shot(page, 'operator-users');
  await outsider.reload();
  await outsider.getByText('登录后都在这里').waitFor();
  await assert.rejects(rude.get('/identity/me'), { status: 401 });

  await page.goto('/console/operator/log');
  for (const act of ['停播', '隐藏评论', '隐藏作品', '停用用户']) await page.getByRole('row').filter({ hasText: act }).filter({ hasText: '虚假宣传' }).waitFor();
  await shot(page, 'operator-log');
});

// What gives up only after hours is put into the list's answers here; the retries go to the real server where they can.
const stuckPages = {
  refund: [{ id: 'rfd_01m7y00000000000000000000a', kind: 'refund', name: 'sandbox', about: 'ord_01m7y00000000000000000000a', why: 'bank_refused', tries: 12, since: Date.now() - 86_400_000, amountMinor: 2980, currency: 'CNY' }],
  fact: [{ id: 'live.sales:evt_01m7y00000000000000000000a', kind: 'fact', name: 'live.sales', about: 'shop.order_paid', why: 'no such room', since: Date.now() - 3_600_000 }],
  job: [],
};

journey('operator: stuck work is read, retried with a reason, and says what the server says', async ({ server, desktop }) => {
  const op = await operator(server);
  const page = await desktop(op);
  await page.goto('/console/operator');
  await page.getByRole('link', { name: /卡住的工作/ }).first().click();
  await page.getByText('没有卡住的退款').waitFor();
  assert.equal(await page.getByRole('button', { name: '全部重试' }).count(), 0);
  await page.getByRole('tab', { name: '退款' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByText('没有卡住的送达').waitFor();
  assert.match(page.url(), /state=fact/);
  await page.keyboard.press('ArrowRight');
  await page.getByText('没有卡住的任务').waitFor();

  const left = structuredClone(stuckPages);
  await page.route('**/api/v1/moderation/stuck?*', (route) => {
    const items = left[new URL(route.request().url()).searchParams.get('kind')];
    return route.fulfill({ json: { items, counts: Object.fromEntries(Object.entries(left).map(([k, v]) => [k, v.length])) } });
  });
  await page.goto('/console/operator/stuck');
  const row = page.getByRole('row', { name: /渠道拒绝了/ });
  await row.getByText('¥29.80').waitFor();
  await shot(page, 'operator-stuck');
  await row.getByRole('button', { name: '重试' }).click();
  const dialog = page.getByRole('dialog');
  assert.equal(await dialog.getByRole('button', { name: '重试', exact: true }).isDisabled(), true);
  await dialog.getByRole('button', { name: '渠道恢复了' }).click();
  await dialog.getByRole('button', { name: '重试', exact: true }).click();
  await dialog.getByRole('alert').getByText('这笔退款已经不在等了').waitFor(); // the real server knows no such refund
  await page.keyboard.press('Escape');

  await page.getByRole('tab', { name: /送达/ }).click();
  await page.getByRole('row', { name: /直播成交记账/ }).waitFor();
  await page.route('**/moderation/stuck/fact/retry', (route) => {
    assert.deepEqual(route.request().postDataJSON(), { reason: '原因修好了' });
    left.fact = [];
    return route.fulfill({ json: { done: 1, failed: 0, left: 0 } });
  });
  await page.getByRole('button', { name: '全部重试' }).click();
  await dialog.getByRole('button', { name: '原因修好了' }).click();
  await dialog.getByRole('button', { name: '全部重试', exact: true }).click();
  await page.getByText('放回 1 件').waitFor();
  await page.getByText('没有卡住的送达').waitFor();

  await page.unroute('**/api/v1/moderation/stuck?*');
  await page.route('**/api/v1/moderation/stuck?*', (route) => route.abort());
  await page.reload();
  await page.getByRole('alert').first().waitFor();
  await shot(page, 'operator-stuck-failed');
  await page.unroute('**/api/v1/moderation/stuck?*');
  await page.getByRole('button', { name: /重试|再试/ }).first().click();
  await page.getByText('没有卡住的送达').waitFor();
  assert.deepEqual((await op.get('/moderation/log')).items.filter((e) => e.act === 'stuck.retry'), []);
});

journey('operator: nobody else gets in, by page or by call', async ({ server, desktop }) => {
  const nosy = await person(server, '好奇的人');
  const page = await desktop(nosy);
  await page.goto('/console/operator/users');
  await page.getByText('这里只给平台运营').waitFor();
  await shot(page, 'operator-denied');
  for (const path of ['/moderation/overview', '/moderation/users', '/moderation/ledger', '/moderation/log', '/moderation/stuck', '/money/sandbox/faults']) await assert.rejects(nosy.get(path), { status: 403 }, path);
  await assert.rejects(nosy.post(`/moderation/users/${nosy.me.user.id}/suspend`, { reason: 'x' }, { key: 'nosy-person-key' }), { status: 403 });
});
