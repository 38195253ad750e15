// A site moves from a folder into a bucket and back: backup, restore, check, audit, and its picture and film are whole.
// Called by s3.sh with HAWKER_MOVE_URL naming an empty bucket; the argument is the folder behind it.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { binary, dataFolder, start } from '../e2e/lib/server.mjs';
import { furnish, material, plays } from './s3-site.mjs';

const bucket = process.argv[2];
const remote = ['--blob-url', process.env.HAWKER_MOVE_URL];
const stored = () => readdirSync(bucket, { recursive: true }).filter((n) => !n.startsWith('.') && statSync(join(bucket, n)).isFile());
const hawker = (...args) => execFileSync(binary, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const made = material();
const [first, second, third] = [dataFolder(), dataFolder(), dataFolder()];
const archives = dataFolder();
const servers = [];

async function open(data, args) {
  servers.push(await start({ world: 'serve', data, args }));
  return servers.at(-1);
}

// sound looks at a place as its operator would before the start: can it start, do its books and files fit.
function sound(data, args) {
  assert.match(hawker('check', '--data', data, '--addr', '127.0.0.1:0', '--rtmp-addr', '127.0.0.1:0', '--webrtc-addr', '', '--sandbox-pay', ...args), /ok +files/);
  assert.match(hawker('audit', '--data', data, '--sandbox-pay', ...args), / 0 breaks/);
}

try {
  // Out of the folder, while it runs.
  const local = await open(first, []);
  const { image, video } = await furnish(local.url, made);
  const out = join(archives, 'out.tar');
  assert.match(hawker('backup', out, '--data', first), /files of .*checked/);
  await local.stop();

  // Into the bucket.
  assert.deepEqual(stored(), []);
  assert.match(hawker('restore', out, '--data', second, ...remote), /^restored \d+ rows and \d+ files/m);
  const keys = stored();
  assert.ok(keys.length >= 2 && !existsSync(join(second, 'files')), `the bucket holds ${keys}`);
  sound(second, remote);
  const far = await open(second, remote);
  await plays(far.url, image, video);

  // A bucket that holds a site is no empty place; what is in it stays as it is.
  const again = spawnSync(binary, ['restore', out, '--data', third, ...remote], { encoding: 'utf8' });
  assert.equal(again.status, 1);
  assert.match(again.stderr, /a site already in the file store/);
  assert.deepEqual(stored(), keys);

  // Back out of the bucket, again while it runs, into a folder.
  const back = join(archives, 'back.tar');
  assert.match(hawker('backup', back, '--data', second, ...remote), /files of .*checked/);
  await far.stop();
  rmSync(third, { recursive: true, force: true });
  assert.match(hawker('restore', back, '--data', third), /^restored \d+ rows and \d+ files/m);
  sound(third, []);
  const home = await open(third, []);
  await plays(home.url, image, video);
  console.log(`ok: a site moved into a bucket of ${keys.length} objects and back; picture and film are whole at every stop`);
} catch (err) {
  console.error(err.stderr ?? servers.at(-1)?.tail ?? '');
  throw err;
} finally {
  for (const s of servers) await s.stop();
  for (const dir of [first, second, third, archives, made.folder]) rmSync(dir, { recursive: true, force: true });
}
