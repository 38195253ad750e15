// The built program with its files in an S3 bucket: what is uploaded through the API lies in the bucket and plays, also
// after a restart. Called by s3.sh with HAWKER_BLOB_URL set; the argument is the folder behind the bucket.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from '../e2e/lib/client.mjs';
import { dataFolder, start } from '../e2e/lib/server.mjs';
import { movie } from '../e2e/lib/stream.mjs';

const bucket = process.argv[2];
const SECONDS = 4;
const FRAMES_PER_S = 25;

const stored = () => readdirSync(bucket, { recursive: true }).filter((n) => !n.startsWith('.') && statSync(join(bucket, n)).isFile());

// frames decodes all of a URL and counts its pictures.
const frames = (url) => Number(/nb_read_frames=(\d+)/.exec(execFileSync('ffprobe', ['-v', 'error', '-count_frames', '-select_streams', 'v', '-show_entries', 'stream=nb_read_frames', url], { encoding: 'utf8' }))?.[1]);

async function bytes(url, headers = {}) {
  const res = await fetch(url, { headers });
  return { status: res.status, type: res.headers.get('content-type'), body: Buffer.from(await res.arrayBuffer()) };
}

async function plays(url, image, video) {
  const shown = await bytes(url + image.imageUrl);
  assert.equal(shown.status, 200);
  assert.match(shown.type, /^image\//);
  assert.ok(shown.body.length > 100, 'the picture is empty');
  const whole = await bytes(url + video.fileUrl);
  assert.equal(whole.status, 200);
  const part = await bytes(url + video.fileUrl, { range: 'bytes=1000-1999' });
  assert.equal(part.status, 206);
  assert.ok(part.body.equals(whole.body.subarray(1000, 2000)), 'a range differs from the whole');
  for (const at of [video.fileUrl, video.hlsUrl]) assert.equal(frames(url + at), SECONDS * FRAMES_PER_S, at);
}

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

const clip = movie({ seconds: SECONDS });
const picture = join(dirname(clip), 'picture.png');
execFileSync('ffmpeg', ['-v', 'error', '-i', clip, '-frames:v', '1', picture]);
const data = dataFolder();
let server;
try {
  await refusesAWrongSecret();
  server = await start({ world: 'serve', data });
  const person = await new Client(server.url).signUp('云上小铺');
  const image = await person.image(picture);
  const { video } = await person.video(clip);
  await plays(server.url, image, video);
  const keys = stored();
  assert.ok(keys.length >= 2, `the bucket holds ${keys}`);
  assert.ok(!existsSync(join(data, 'files')), 'files were kept in the data folder');
  await server.stop();
  server = await start({ world: 'serve', data });
  await plays(server.url, image, video);
  assert.deepEqual(stored(), keys);
  console.log(`ok: a picture of ${readFileSync(picture).length} bytes and a film of ${SECONDS} s, ${keys.length} objects, also after a restart`);
} catch (err) {
  console.error(server?.tail ?? '');
  throw err;
} finally {
  await server?.stop();
  rmSync(data, { recursive: true, force: true });
  rmSync(dirname(clip), { recursive: true, force: true });
}
