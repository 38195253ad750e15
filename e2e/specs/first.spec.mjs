// The first minute with Hawker: the sample world moves, speaks both languages, and asks nobody outside.
import assert from 'node:assert/strict';
import { journeys } from '../lib/journey.mjs';
import { moving, shot, swipe } from '../lib/browser.mjs';
import { until } from '../lib/world.mjs';

const journey = journeys({ world: 'demo' });

journey('demo: as a viewer, the feed moves and a room sells; two taps buy from it', async ({ phone, server }) => {
  const page = await phone();
  await page.goto('/demo/as/viewer');
  const slide = page.locator('.feed__slide:not([inert])');
  await slide.getByRole('article').or(slide.getByRole('link')).first().waitFor();
  await moving(page);
  await shot(page, 'demo-feed-phone');
  for (let i = 0; i < 2; i++) {
    await swipe(page);
    await moving(page, 'video', 800);
  }
  await page.goto('/live');
  await page.getByRole('link', { name: /在看/ }).first().waitFor();
  await shot(page, 'demo-square-phone');
  const rooms = (await (await fetch(`${server.url}/api/v1/live/rooms?state=live`)).json()).items;
  const selling = rooms.find((r) => r.product) ?? rooms[0];
  await page.goto(`/live/${selling.id}`);
  await moving(page);
  await until(async () => (await page.locator('.talk__list .line').count()) > 2, 15_000, 'people talk in the room');
  await shot(page, 'demo-room-phone');
  const card = page.getByRole('region', { name: '讲解中' });
  await card.waitFor({ timeout: 30_000 });
  await card.getByRole('button', { name: '马上抢' }).tap();
  const buy = page.getByRole('dialog', { name: '购买' });
  await buy.getByRole('button', { name: /^支付 ¥/ }).tap();
  await buy.getByText('买好了').waitFor();
  await shot(page, 'demo-paid-phone');
});

journey('demo: every role link opens its own desk, in both languages', async ({ desktop }) => {
  for (const [role, path] of [['host', '/console/live'], ['merchant', '/console/shop'], ['operator', '/console/operator']]) {
    for (const locale of ['zh-CN', 'en-US']) {
      const page = await desktop(undefined, { locale });
      await page.goto(`/demo/as/${role}`);
      await page.waitForURL(`**${path}`);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      await page.waitForLoadState('networkidle').catch(() => undefined); // streams may keep it busy
      await shot(page, `demo-${role}-${locale.slice(0, 2)}`);
    }
  }
});

journey('demo: on a desktop and in English the same feed and room', async ({ desktop, server }) => {
  const page = await desktop(undefined, { locale: 'en-US' });
  await page.goto('/demo/as/viewer');
  await moving(page);
  await shot(page, 'demo-feed-desktop-en');
  const rooms = (await (await fetch(`${server.url}/api/v1/live/rooms?state=live`)).json()).items;
  await page.goto(`/live/${(rooms.find((r) => r.product) ?? rooms[0]).id}`);
  await moving(page);
  await page.getByRole('complementary', { name: 'Shelf' }).getByRole('listitem').first().waitFor();
  await shot(page, 'demo-room-desktop-en');
});

journey('docs: the API is readable without any other site', async ({ desktop, server }) => {
  const page = await desktop();
  await page.goto('/docs');
  await page.getByText('/api/v1/shop/orders').first().waitFor();
  await shot(page, 'docs');
  const doc = await (await fetch(`${server.url}/openapi.json`)).json();
  assert.ok(Object.keys(doc.paths).length > 60);
});
