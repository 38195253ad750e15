// The sample world shows itself: a tour of eight stops across four roles, actors that pause, and a fresh start.
import assert from 'node:assert/strict';
import { journeys } from '../lib/journey.mjs';

const journey = journeys({ world: 'demo' });
const stop = (page, n) => page.locator('.tour__count', { hasText: `${n} / 8` });

journey('tour: offered once, walked to its end, each stop on its part', async ({ phone, desktop }) => {
  const small = await phone();
  await small.goto('/');
  await small.locator('.offer').waitFor();
  await small.getByRole('button', { name: '不用了' }).click();
  await small.reload();
  await small.waitForTimeout(2600); // the offer comes after 1.8 s
  assert.equal(await small.locator('.offer').count(), 0, 'asked again after no');

  const page = await desktop();
  await page.goto('/');
  await page.getByRole('button', { name: '带我看看' }).click();
  for (let n = 1; n <= 8; n++) {
    await stop(page, n).waitFor();
    await page.locator('.tour__hole').waitFor();
    await page.locator('.tour__next').click();
  }
  await page.locator('.tour').waitFor({ state: 'detached' });
  assert.match(page.url(), /operator\/ledger/);
});

journey('tour: keys walk, Escape leaves, and it stays left', async ({ desktop }) => {
  const page = await desktop();
  await page.goto('/');
  await page.getByRole('button', { name: '带我看看' }).click();
  await stop(page, 1).waitFor();
  await page.locator('.tour__hole').waitFor();
  await page.keyboard.press('ArrowRight');
  await stop(page, 2).waitFor();
  await page.keyboard.press('ArrowLeft');
  await stop(page, 1).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.tour').waitFor({ state: 'detached' });
  await page.reload();
  await page.locator('.feed__slide').first().waitFor();
  assert.equal(await page.locator('.tour').count(), 0);
});

journey('reset: everybody lands on the fresh front page, the old session is over', async ({ server, phone, desktop }) => {
  const asked = await phone();
  await asked.goto('/demo/as/viewer');
  const other = await desktop();
  await other.goto('/demo/as/merchant');
  const before = await (await fetch(`${server.url}/api/v1/demo`)).json();
  await asked.getByRole('button', { name: '换个身份看看' }).click();
  await asked.getByRole('button', { name: /停一停/ }).click();
  await asked.getByRole('button', { name: /接着演/ }).waitFor();
  await asked.getByRole('button', { name: /重新搭一遍/ }).click();
  await asked.getByRole('button', { name: '清空并重搭' }).click();
  await asked.getByText('样例世界刚刚重新搭好').waitFor({ timeout: 40_000 });
  const after = await (await fetch(`${server.url}/api/v1/demo`)).json();
  assert.notEqual(after.born, before.born);
  assert.equal(after.paused, false);
  await other.getByText('样例世界刚刚重新搭好').waitFor({ timeout: 40_000 });
  for (const page of [asked, other]) {
    assert.equal(await page.evaluate(async () => (await fetch('/api/v1/identity/me')).status), 401);
    page.faults.length = 0; // what failed while the server was away is not the page's fault
  }
});
