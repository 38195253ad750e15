// An announced live: posted at the desk, reserved on the phone, counted for the host alone, told when it starts.
import assert from 'node:assert/strict';
import { journeys } from '../lib/journey.mjs';
import { moving, shot } from '../lib/browser.mjs';
import { push } from '../lib/stream.mjs';
import { clip, cover, host, person, product, until } from '../lib/world.mjs';

const journey = journeys();
const MINUTE_MS = 60_000;

// field is a moment as the time field takes it, in the zone the pages run in.
const field = (ms) => new Date(ms + 8 * 60 * MINUTE_MS).toISOString().slice(0, 16);

journey('notice: posted at the desk, reserved and taken back on the phone, told when the room starts', async ({ server, phone, desktop }) => {
  const h = await host(server, '云上果园');
  await product(h, 2);
  const page = await desktop(h.c);
  await page.goto('/console/live/notices');
  await page.getByText('还没有排定的直播').waitFor();
  await shot(page, 'notices-empty-console');
  await page.getByRole('link', { name: '发预告' }).click();
  await page.getByLabel('标题').fill('头茬蜜橘开园');
  const post = page.getByRole('button', { name: '发布预告' });
  await page.getByLabel('开播时间').fill(field(Date.now() + MINUTE_MS));
  await page.getByText('选 5 分钟之后').waitFor();
  assert.ok(await post.isDisabled(), 'a notice one minute ahead could be posted');
  await page.getByLabel('开播时间').fill(field(Date.now() + 90 * MINUTE_MS));
  await page.getByLabel('封面').setInputFiles(cover('live-stall'));
  await page.getByRole('button', { name: '加商品' }).click();
  const picker = page.getByRole('dialog', { name: '选商品' });
  await picker.getByRole('listitem').first().getByRole('button').click();
  await picker.getByRole('button', { name: /加上 1 件/ }).click();
  await shot(page, 'notice-new-console');
  await post.click();
  await page.waitForURL(/\/console\/live\/notices\/ntc_/);
  const id = page.url().split('/').at(-1);

  // On the phone: a visitor is asked to sign in, a member reserves, takes it back and reserves again.
  const visitor = await phone();
  await visitor.goto(`/c/${h.channel.handle}`);
  await visitor.getByRole('button', { name: '预约', exact: true }).tap();
  await visitor.getByRole('button', { name: '注册并进入' }).waitFor();
  const fan = await person(server, '小满');
  const viewer = await phone(fan);
  await viewer.goto(`/c/${h.channel.handle}`);
  await viewer.getByRole('button', { name: '预约', exact: true }).tap();
  await viewer.getByText('已预约，开播前 10 分钟叫你').waitFor();
  const kept = viewer.getByRole('button', { name: '已预约，再点一下取消' });
  await shot(viewer, 'notice-channel-phone');
  await kept.tap();
  await viewer.getByRole('button', { name: '预约', exact: true }).waitFor();
  assert.equal((await h.c.get(`/live/notices/${id}/desk`)).notice.count, 0);
  await viewer.goto(`/notice/${id}`);
  await viewer.getByText('后开播').waitFor();
  await viewer.getByRole('button', { name: '预约', exact: true }).tap();
  await kept.waitFor();
  await shot(viewer, 'notice-phone');
  await fan.put(`/live/notices/${id}/reservation`); // twice is once
  const calendar = await fetch(`${server.url}${(await fan.get(`/live/notices/${id}`)).calendarUrl}`);
  assert.match(calendar.headers.get('content-type'), /^text\/calendar/);
  const text = await calendar.text();
  assert.match(text, /TRIGGER:-PT10M\r\n/);
  assert.ok(text.replace(/\r\n /g, '').includes(`/notice/${id}\r\n`), text);

  // One reserved: the host reads it, nobody else can.
  await page.reload();
  await page.locator('.count').getByText('1', { exact: true }).waitFor();
  await shot(page, 'notice-desk-console');
  await page.goto('/console/home');
  await page.getByRole('link', { name: '头茬蜜橘开园' }).waitFor();
  await shot(page, 'notice-home-console');
  assert.ok(!JSON.stringify(await fan.get(`/live/channels/${h.channel.id}/notices`)).includes('"count"'));
  await assert.rejects(fan.get(`/live/notices/${id}/desk`), { code: 'not_yours' });
  await viewer.goto('/me');
  await viewer.getByRole('heading', { name: '预约的直播' }).waitFor();
  await viewer.getByRole('link', { name: '把“头茬蜜橘开园”加到日历' }).waitFor();
  await shot(viewer, 'notice-me-phone');

  // Somebody reserves and leaves: what they miss waits for them.
  const away = await person(server, '出门的人');
  await away.put(`/live/notices/${id}/reservation`);

  await page.goto('/console/live/new');
  await until(async () => (await page.getByLabel('对应哪条预告').inputValue()) === id, 5000, 'the notice within two hours is chosen by itself');
  assert.equal(await page.getByLabel('标题').inputValue(), '头茬蜜橘开园');
  await page.getByRole('button', { name: '保存，进控制台' }).click();
  await page.waitForURL(/\/console\/live\/rom_/);
  const roomId = page.url().split('/').at(-1);
  const { key } = await h.c.post(`/live/channels/${h.channel.id}/ingest/key`);
  push(`${server.rtmp}/${key}`, { file: clip('live-stall') });
  await page.getByText('信号良好').waitFor();
  await page.getByRole('button', { name: '开播' }).click();
  await page.getByText('直播中').first().waitFor();

  const word = viewer.getByTestId('reminder');
  await word.getByText('云上果园 开播了').waitFor({ timeout: 3000 });
  await shot(viewer, 'notice-told-phone');
  await word.getByRole('button', { name: '进直播' }).tap();
  await viewer.waitForURL(new RegExp(`/live/${roomId}`));
  await moving(viewer);
  await until(async () => (await fan.get('/live/reminders')).items.length === 0, 3000, 'what was read is not told again');
  await assert.rejects(fan.put(`/live/notices/${id}/reservation`), { code: 'notice_started' });

  const later = await phone(away);
  await later.goto('/me/reservations');
  await later.getByTestId('reminder').getByText('云上果园 开播了').waitFor();
  await later.getByRole('link', { name: '进直播' }).waitFor();
  await later.getByTestId('reminder').getByRole('button', { name: '知道了' }).tap();
  await h.c.once(`/live/rooms/${roomId}/end`);
  await until(async () => (await away.get('/live/reservations')).past[0]?.state === 'done', 5000, 'the notice ends with its room');
});

journey('notice: moved and cancelled, everybody who reserved is told with the reason', async ({ server, phone, desktop }) => {
  const h = await host(server, '改时间的人');
  const fan = await person(server, '等着的人');
  const n = await h.c.once(`/live/channels/${h.channel.id}/notices`, { title: '周末拉坯课', startsAt: Date.now() + 60 * MINUTE_MS });
  await fan.put(`/live/notices/${n.id}/reservation`);
  const viewer = await phone(fan);
  await viewer.goto('/me/reservations');
  await viewer.getByText('周末拉坯课').waitFor();

  const page = await desktop(h.c);
  await page.goto(`/console/live/notices/${n.id}/edit`);
  await page.getByLabel('开播时间').fill(field(Date.now() + 120 * MINUTE_MS));
  await page.getByText('预约的人会收到通知').waitFor();
  await page.getByRole('button', { name: '保存修改' }).click();
  const word = viewer.getByTestId('reminder');
  await word.getByText(/改时间的人 改到/).waitFor({ timeout: 3000 });
  await page.getByRole('button', { name: '取消预告' }).click();
  const ask = page.getByRole('dialog', { name: '取消这条预告' });
  await ask.getByText('1 位预约的人会收到').waitFor();
  await ask.getByRole('button', { name: '货还没备齐' }).click();
  await shot(page, 'notice-cancel-console');
  await ask.getByRole('button', { name: '取消预告' }).click();
  await word.getByText('改时间的人 取消了这场直播').waitFor({ timeout: 3000 });
  await word.getByText('货还没备齐').waitFor();
  await shot(viewer, 'notice-cancelled-phone');
  await page.getByText('取消原因：货还没备齐').waitFor();
  await word.getByRole('button', { name: '看看' }).tap();
  await viewer.waitForURL(`**/notice/${n.id}`);
  await viewer.getByText('主播说：货还没备齐').waitFor();
});
