// A host's file on its way: dropped, refused or playing; and the operator's hand on it.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { journeys } from '../lib/journey.mjs';
import { moving, shot } from '../lib/browser.mjs';
import { movie, scratch } from '../lib/stream.mjs';
import { host, person, product, until } from '../lib/world.mjs';

const journey = journeys();

journey('publish: an MP4 is dropped, plays when its last byte arrived, gets a frame as cover and stands on the channel', async ({ server, phone, desktop }) => {
  const h = await host(server, '阿禾手作');
  await product(h, 0);
  const page = await desktop(h.c);
  await page.goto('/console/content/publish');
  const file = movie({ seconds: 4, name: '拉坯.mp4' });
  const bytes = readFileSync(file).toString('base64');
  const dropped = await page.evaluateHandle((b64) => {
    const t = new DataTransfer();
    t.items.add(new File([Uint8Array.from(atob(b64), (c) => c.charCodeAt(0))], '拉坯.mp4', { type: 'video/mp4' }));
    return t;
  }, bytes);
  await page.getByText('把视频或图片拖到这里').dispatchEvent('drop', { dataTransfer: dropped });
  await page.getByRole('progressbar', { name: '上传进度' }).waitFor();
  await page.getByText('传完了，现在就能播。').waitFor();
  assert.equal(await page.getByRole('progressbar', { name: '上传进度' }).getAttribute('aria-valuenow'), '100');

  const cover = page.getByRole('img', { name: '封面' });
  await cover.waitFor();
  const before = await cover.getAttribute('src');
  await page.getByRole('group', { name: '画面' }).getByRole('button').nth(6).click();
  await until(async () => (await cover.getAttribute('src')) !== before, 5000, 'another frame becomes the cover');
  await page.getByLabel('文字', { exact: true }).fill('今天的第一只杯子');
  await page.getByRole('button', { name: '选商品' }).click();
  await page.getByRole('dialog', { name: '选商品' }).getByRole('button', { name: /龙泉青瓷主人杯/ }).click();
  await shot(page, 'publish-console');
  await page.getByRole('button', { name: '发表', exact: true }).click();
  await page.waitForURL('**/console/content');
  await page.getByRole('row', { name: /今天的第一只杯子/ }).waitFor();
  await shot(page, 'content-console');

  const [made] = (await h.c.get(`/channel/channels/${h.channel.id}/posts`)).items;
  assert.equal(made.video.width, 360);
  assert.ok(Math.abs(made.video.durationMs - 4000) < 150, `duration ${made.video.durationMs} ms`);
  const viewer = await phone(await person(server, '路人'));
  await viewer.goto(`/c/${h.channel.handle}`);
  await viewer.getByRole('heading', { name: /阿禾手作/ }).waitFor();
  await viewer.getByRole('link', { name: '今天的第一只杯子' }).waitFor();
  await shot(viewer, 'channel-phone');
  await viewer.getByRole('link', { name: '今天的第一只杯子' }).tap();
  await moving(viewer);
  await viewer.getByRole('button', { name: /龙泉青瓷主人杯.*买/ }).waitFor();
  assert.equal((await fetch(server.url + made.coverUrl)).headers.get('content-type'), 'image/jpeg');
});

journey('publish: pictures, and files that are no video or need another codec, are told in words', async ({ server, desktop }) => {
  const h = await host(server, '看看能传什么');
  const page = await desktop(h.c);
  await page.goto('/console/content/publish');
  const text = scratch('说明.mp4');
  writeFileSync(text, '这其实是一段文字。\n'.repeat(500));
  const choose = page.getByLabel('选择文件');
  await choose.setInputFiles(text);
  await page.getByRole('alert').filter({ hasText: '这不是视频文件。要 MP4 或 MOV。' }).waitFor();
  await shot(page, 'publish-refused-text');
  assert.ok(await page.getByRole('button', { name: '发表', exact: true }).isDisabled());

  await page.getByRole('button', { name: '换一个' }).click();
  await choose.setInputFiles(movie({ codec: 'libx265', seconds: 2, name: 'hevc.mp4' }));
  await page.getByRole('alert').filter({ hasText: '视频编码不支持。导出成 H.264 的 MP4 再传。' }).waitFor();
  await shot(page, 'publish-refused-hevc');

  await page.getByRole('button', { name: '换一个' }).click();
  const cut = scratch('cut.mp4');
  const whole = readFileSync(movie({ seconds: 3, name: 'whole.mp4' }));
  writeFileSync(cut, whole.subarray(0, Math.floor(whole.length / 2)));
  await choose.setInputFiles(cut);
  await page.getByRole('alert').filter({ hasText: '文件不完整' }).waitFor();
  assert.equal((await h.c.get(`/channel/channels/${h.channel.id}/posts`)).items.length, 0);
});
