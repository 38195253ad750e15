// The built program with its files in an S3 bucket: what is uploaded through the API lies in the bucket and plays, also
// after a restart. Called by s3.sh with HAWKER_BLOB_URL set; the argument is the folder behind the bucket.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder, start } from '../e2e/lib/server.mjs';
import { SECONDS, furnish, material, plays } from './s3-site.mjs';

const bucket = process.argv[2];
const stored = () => readdirSync(bucket, { recursive: true }).filter((n) => !n.startsWith('.') && statSync(join(bucket, n)).isFile());

async function refusesAWrongSecret() {
  const right = process.env.HAWKER_BLOB_URL;
  const data = dataFolder();
  process.env.HAWKER_BLOB_URL = right.replace(/:([0-9a-f]+)@/, ':0$1@');
  const secret = /:([0-9a-f]+)@/.exec(right)[1];
  try {
    await assert.rejects(start({ world: 'serve', data }), (err) => /open S3 store/.test(err.message) && !err.message.includes(secret));
  } finally {
    process.env.HAWKER_BLOB_URL = right;
    rmSync(data, { recursive: true, force: true });
  }
}

const made = material();
const data = dataFolder();
let server;
try {
  await refusesAWrongSecret();
  server = await start({ world: 'serve', data });
  const { image, video } = await furnish(server.url, made);
  await plays(server.url, image, video);
  const keys = stored();
  assert.ok(keys.length >= 2, `the bucket holds ${keys}`);
  assert.ok(!existsSync(join(data, 'files')), 'files were kept in the data folder');
  await server.stop();
  server = await start({ world: 'serve', data });
  await plays(server.url, image, video);
  assert.deepEqual(stored(), keys);
  console.log(`ok: a picture of ${readFileSync(made.picture).length} bytes and a film of ${SECONDS} s, ${keys.length} objects, also after a restart`);
} catch (err) {
  console.error(server?.tail ?? '');
  throw err;
} finally {
  await server?.stop();
  rmSync(data, { recursive: true, force: true });
  rmSync(made.folder, { recursive: true, force: true });
}
