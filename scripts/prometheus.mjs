// Asks Prometheus every expression of the Grafana board and of the alerts and wants data for each panel, and rules
// that evaluate without a fault. Called by prometheus.sh with Prometheus's address and the site's.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

const [prometheus, site] = process.argv.slice(2);
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Rates need two scrapes, the sample world its first orders; a busy machine needs more of both. */
const WITHIN_MS = 180_000;

const panels = JSON.parse(readFileSync(join(root, 'deploy/grafana/hawker.json'), 'utf8')).panels
  .flatMap((p) => (p.targets ?? []).map((t) => ({ title: `${p.title} (${t.refId})`, expr: t.expr.replaceAll('$node', '.*').replaceAll('$__rate_interval', '1m') })));

async function api(path, params = {}) {
  const res = await fetch(`${prometheus}/api/v1/${path}?${new URLSearchParams(params)}`);
  const body = await res.json();
  assert.equal(body.status, 'success', `${path} ${JSON.stringify(params)}: ${body.error}`);
  return body.data;
}

/** A number, or why there is none: no series, or one that is not a number. */
async function answer(expr) {
  const { result } = await api('query', { query: expr });
  return result.length && result.some((r) => Number.isFinite(Number(r.value[1]))) ? Number(result[0].value[1]) : undefined;
}

async function until(what, fn) {
  for (const end = Date.now() + WITHIN_MS; Date.now() < end; await sleep(1000)) {
    const got = await fn().catch((err) => { if (err.cause || err instanceof SyntaxError) return undefined; throw err; });
    if (got) return got;
  }
  throw new Error(`not within ${WITHIN_MS / 1000} s: ${what}`);
}

await until('the node is scraped', async () => (await answer('up{job="hawker"}')) === 1);
// Somebody looks around, so that requests, sign-ins and orders have something to count.
const visitor = (async () => {
  for (let i = 0; i < 40; i++) {
    for (const path of ['/', '/api/v1/feed', '/api/v1/nothing', '/demo/as/viewer']) await fetch(site + path, { redirect: 'manual' }).then((r) => r.arrayBuffer()).catch(() => undefined);
    await sleep(500);
  }
})();
let open = panels;
await until('every panel has data', async () => {
  const still = [];
  for (const p of open) if ((await answer(p.expr)) === undefined) still.push(p);
  open = still;
  return open.length === 0;
}).catch((err) => { throw new Error(`${err.message}; without data: ${open.map((p) => `${p.title}: ${p.expr}`).join('\n')}`); });
await visitor;

const rules = (await api('rules')).groups.flatMap((g) => g.rules);
for (const r of rules) assert.equal(r.health, 'ok', `${r.name}: ${r.health} ${r.lastError ?? ''}`);
const firing = rules.filter((r) => r.state === 'firing').map((r) => r.name);
assert.deepEqual(firing, [], 'an alert of the sample world fires');
// Each alert must be able to fire: what it compares exists, whatever it compares it with.
for (const r of rules) assert.notEqual(await answer(r.query.replace(/ (>|==) [\d.]+$/, '')), undefined, `${r.name} looks at nothing: ${r.query}`);
console.log(`ok: ${panels.length} expressions of the board have data, ${rules.length} alerts evaluate, none fires in the sample world`);
