// How fast the sample world opens: it needs the machine to itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from '../../lib/server.mjs';

/** From nothing to the first page, on two cores. */
const FIRST_PAGE_MS = 5000;

test('demo: an empty folder is a whole world within five seconds', async (t) => {
  const warm = await start();
  await warm.remove();
  const server = await start();
  const page = await fetch(server.url);
  t.diagnostic(`ready after ${Math.round(server.readyMs)} ms`);
  await server.remove();
  assert.equal(page.status, 200);
  assert.ok(server.readyMs <= FIRST_PAGE_MS, `ready after ${server.readyMs} ms`);
});
