// A host on air: by ffmpeg over RTMP with a key from the console, and by the browser's camera over WHIP.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { journeys } from '../../lib/journey.mjs';
import { moving, shot } from '../../lib/browser.mjs';
import { push, pushRuler, readRuler } from '../../lib/stream.mjs';
import { buyer, clip, host, person, product, until } from '../../lib/world.mjs';

const journey = journeys();
/** How far timeline and picture may part, live and in the replay (s). */
const STEP_S = 2;

// prepare walks the prepare page: title, shelf of every product on sale; it ends on the prepare page.
async function prepare(page, title) {
  await page.goto('/console/live/new');
  await page.getByLabel('标题').fill(title);
  await page.getByRole('button', { name: '加商品' }).click();
  const picker = page.getByRole('dialog', { name: '选商品' });
  await picker.getByRole('listitem').first().waitFor();
  for (const row of await picker.getByRole('listitem').all()) await row.getByRole('button').click();
  await picker.getByRole('button', { name: /加上 \d+ 件/ }).click();
}

// endRoom holds the end button as long as it asks.
async function endRoom(page) {
  const end = page.getByRole('button', { name: '长按结束' });
  await end.hover();
  await page.mouse.down();
  await page.waitForURL('**/summary');
  await page.mouse.up();
}

journey('RTMP: a key from the console, explain, talk both ways, pin, mute, delete, end; the replay stays in step', async ({ server, phone, desktop, note }) => {
  const h = await host(server, '灯下读书');
  const cup = await product(h, 0);
  const nuts = await product(h, 1);
  const page = await desktop(h.c);
  await prepare(page, '秋夜书场');
  await page.getByRole('button', { name: 'OBS / ffmpeg' }).click();
  await page.getByRole('button', { name: '生成密钥' }).click();
  await page.getByText('密钥只显示这一次，现在复制好。').waitFor();
  await page.getByRole('button', { name: '显示' }).click();
  const key = await page.getByLabel('推流密钥').inputValue();
  const address = await page.getByLabel('推流地址').inputValue();
  assert.equal(address, server.rtmp.replace('localhost', new URL(address.replace('rtmp:', 'http:')).hostname));
  await shot(page, 'prepare-encoder-console');
  await page.getByRole('button', { name: '保存，进控制台' }).click();
  await page.waitForURL(/\/console\/live\/rom_/);
  const roomId = page.url().split('/').at(-1);
  await page.getByRole('button', { name: 'OBS', exact: true }).click();
  await page.getByText('已有密钥').waitFor(); // shown once: the key is gone from the page
  assert.ok(!(await page.content()).includes(key), 'the stream key is still on the page');

  const wrong = push(`${address}/${key.slice(0, -4)}0000`, { file: clip('live-stall') });
  assert.notEqual(await wrong.ended, 0);
  assert.ok(await page.getByRole('button', { name: '开播' }).isDisabled());

  const stream = pushRuler(`${address}/${key}`);
  await page.getByText('信号良好').waitFor();
  await page.getByRole('button', { name: '开播' }).click();
  await page.getByText('直播中').first().waitFor();

  const guest = await buyer(server, '常客');
  const viewer = await phone(guest);
  await viewer.goto(`/live/${roomId}`);
  await moving(viewer);
  const shelf = page.getByRole('region', { name: '货架' });
  await sleep(1500); // the replay is asked what stood before this, too
  await shelf.getByRole('listitem').filter({ hasText: '糖炒栗子' }).getByRole('button', { name: '讲解' }).click();
  const card = viewer.getByRole('region', { name: '讲解中' });
  await card.getByText('糖炒栗子').waitFor({ timeout: 3000 });

  await viewer.getByRole('textbox', { name: '说点什么' }).fill('今晚读哪一本？');
  await viewer.getByRole('button', { name: '发送' }).tap();
  const talk = page.getByRole('log', { name: '评论' });
  await talk.getByText('今晚读哪一本？').waitFor({ timeout: 3000 });
  const behind = stream.sourceAt(Date.now()) - (await readRuler(viewer));
  note(`picture behind the source while live: ${behind.toFixed(1)} s`);
  assert.ok(behind >= 0 && behind < 3 * STEP_S, `the viewer's picture is ${behind} s behind the source`);
  await page.getByLabel('以主播身份说').fill('《流动的盛宴》');
  await page.getByLabel('以主播身份说').press('Enter');
  await viewer.getByText('《流动的盛宴》').first().waitFor({ timeout: 3000 });

  await talk.getByText('今晚读哪一本？').click();
  await talk.getByRole('button', { name: /^置顶/ }).click();
  await viewer.locator('.talk__pin').getByText('今晚读哪一本？').waitFor({ timeout: 3000 });
  await shot(page, 'live-console');
  await shot(viewer, 'room-pinned-phone');
  await sleep(2000); // explained long enough to be found again by whole seconds
  await shelf.getByRole('listitem').filter({ hasText: '糖炒栗子' }).getByRole('button', { name: '停止' }).click();
  await card.waitFor({ state: 'hidden', timeout: 3000 });

  const pest = await person(server, '广告号');
  const spam = '加我微信领券';
  await pest.post(`/live/rooms/${roomId}/comments`, { text: spam });
  await viewer.getByText(spam).first().waitFor({ timeout: 3000 });
  await talk.getByText(spam).click();
  await talk.getByRole('button', { name: /禁言 10 分/ }).click();
  await until(async () => (await pest.post(`/live/rooms/${roomId}/comments`, { text: '还在' }).catch((e) => e)).code === 'muted', 3000, 'a muted person cannot talk');
  await talk.getByText(spam).click();
  await page.keyboard.press('Delete');
  await viewer.locator('.talk__list').getByText(spam).waitFor({ state: 'detached', timeout: 4000 });
  await talk.getByText(`已删除：${spam}`).waitFor();

  await sleep(3000); // some picture after the last act, so that seeking has room on both sides
  await endRoom(page);
  await page.getByRole('heading', { name: /秋夜书场/ }).waitFor();
  await shot(page, 'live-summary-console');
  await viewer.getByText('直播结束了').waitFor();
  await stream.stop();

  await until(async () => (await h.c.get(`/live/rooms/${roomId}`)).hasReplay, 10_000, 'the replay is there');
  await viewer.goto(`/replay/${roomId}`);
  await moving(viewer);
  await viewer.getByRole('button', { name: '暂停' }).tap();
  const replay = await h.c.get(`/live/rooms/${roomId}/replay`);
  const mark = replay.explained[0];
  assert.equal(mark.productId, nuts.id);
  assert.notEqual(cup.id, nuts.id);
  const seek = async (second) => {
    await viewer.getByRole('slider', { name: '进度' }).fill(String(Math.max(0, second)));
    await sleep(600);
  };
  // inStep seeks second by second until something shows, and compares the picture there with the picture that
  // was sent when it happened.
  const inStep = async (what, locator, at) => {
    const from = Math.floor((at - replay.startedAt) / 1000) - STEP_S;
    await seek(from);
    assert.equal(await locator.count(), 0, `${what}: shown more than ${STEP_S} s before it happened`);
    for (let s = from + 1; s <= from + 3 * STEP_S; s++) {
      await seek(s);
      if (await locator.count() === 0) continue;
      const off = (await readRuler(viewer)) - stream.sourceAt(at);
      note(`${what}: shown ${off.toFixed(1)} s beside its picture`);
      assert.ok(Math.abs(off) <= STEP_S, `${what}: shown ${off} s beside its picture`);
      return;
    }
    assert.fail(`${what}: not shown within ${2 * STEP_S} s after it happened`);
  };
  const said = (await h.c.get(`/live/rooms/${roomId}/comments`)).items.find((c) => c.text === '《流动的盛宴》');
  const line = viewer.locator('.talk__list').getByText('《流动的盛宴》');
  await inStep('explained', card.getByText('糖炒栗子'), replay.startedAt + mark.fromMs);
  await inStep('said', line, said.at);
  await inStep('explained, after seeking back', card.getByText('糖炒栗子'), replay.startedAt + mark.fromMs);
  await viewer.getByRole('button', { name: /跳到讲解 .*糖炒栗子/ }).tap();
  await viewer.getByRole('button', { name: '播放' }).tap();
  await moving(viewer, 'video', 1500);
  await card.getByText('糖炒栗子').waitFor({ timeout: 3000 });
  await shot(viewer, 'replay-phone');
  assert.equal((await viewer.locator('.talk__list').getByText(spam).count()), 0, 'a deleted comment is in the replay');
});

journey('RTMP: a revoked key cuts the picture, a wrong one is named to the host', async ({ server, phone, desktop }) => {
  const h = await host(server, '换钥匙');
  const page = await desktop(h.c);
  const { key } = await h.c.post(`/live/channels/${h.channel.id}/ingest/key`);
  await prepareBare(h);
  await page.goto('/console/live/new');
  await page.getByRole('button', { name: 'OBS / ffmpeg' }).click();
  const stream = push(`${server.rtmp}/${key}`, { file: clip('live-stall') });
  await page.getByText('有画面', { exact: true }).waitFor();
  await page.getByRole('button', { name: '作废' }).click();
  await page.getByRole('dialog', { name: '作废密钥' }).getByRole('button', { name: '作废' }).click();
  assert.notEqual(await stream.ended, 0);
  await page.getByText('没有画面', { exact: true }).waitFor();
  const again = push(`${server.rtmp}/${key}`, { file: clip('live-stall') });
  assert.notEqual(await again.ended, 0);
  await page.getByText(/推流被拒/).waitFor();
  await shot(page, 'prepare-key-refused');
});

const prepareBare = (h) => h.c.once(`/live/channels/${h.channel.id}/rooms`, { title: '换钥匙', productIds: [], record: false });

journey('WHIP: the browser camera goes on air from the console; picture, sound and talk reach the viewer', async ({ server, phone, desktop }) => {
  const h = await host(server, '摄像头开播');
  await product(h, 2);
  const page = await desktop(h.c);
  await prepare(page, '摄像头试播');
  await page.getByRole('button', { name: '打开摄像头' }).click();
  await page.getByRole('button', { name: '推到直播间' }).click();
  await page.getByText('有画面', { exact: true }).waitFor();
  await shot(page, 'prepare-camera-console');
  await page.getByRole('button', { name: '保存，进控制台' }).click();
  await page.waitForURL(/\/console\/live\/rom_/);
  const roomId = page.url().split('/').at(-1);
  await page.getByRole('button', { name: '开播' }).click();
  await page.getByText('直播中').first().waitFor();
  const health = (await h.c.get(`/live/channels/${h.channel.id}/ingest`)).health;
  assert.deepEqual([health.protocol, health.videoCodec.slice(0, 4), health.audioCodec.toLowerCase()], ['whip', 'avc1', 'opus']);

  const viewer = await phone(await person(server, '看客'));
  await viewer.goto(`/live/${roomId}`);
  await moving(viewer, 'video', 3000);
  await viewer.getByRole('textbox', { name: '说点什么' }).fill('看得很清楚');
  await viewer.getByRole('button', { name: '发送' }).tap();
  await page.getByRole('log', { name: '评论' }).getByText('看得很清楚').waitFor({ timeout: 3000 });
  await page.getByLabel('以主播身份说').fill('谢谢你来');
  await page.getByLabel('以主播身份说').press('Enter');
  await viewer.getByText('谢谢你来').first().waitFor({ timeout: 3000 });
  await shot(page, 'live-camera-console');
  await shot(viewer, 'room-camera-phone');
  await endRoom(page);
  await viewer.getByText('直播结束了').waitFor();
  await until(async () => !(await h.c.get(`/live/channels/${h.channel.id}/ingest`)).onAir, 10_000, 'the camera is let go');
});
