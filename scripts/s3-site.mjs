// What the S3 scripts share: a small film and its picture on a site, and whether both are whole there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { Client } from '../e2e/lib/client.mjs';
import { movie } from '../e2e/lib/stream.mjs';

export const SECONDS = 4;
const FRAMES_PER_S = 25;

// frames decodes all of a URL and counts its pictures.
const frames = (url) => Number(/nb_read_frames=(\d+)/.exec(execFileSync('ffprobe', ['-v', 'error', '-count_frames', '-select_streams', 'v', '-show_entries', 'stream=nb_read_frames', url], { encoding: 'utf8' }))?.[1]);

async function bytes(url, headers = {}) {
  const res = await fetch(url, { headers });
  return { status: res.status, type: res.headers.get('content-type'), body: Buffer.from(await res.arrayBuffer()) };
}

export async function plays(url, image, video) {
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

// furnish puts a picture and a film on a site through its API.
export async function furnish(url, { clip, picture }) {
  const person = await new Client(url).signUp('云上小铺');
  const image = await person.image(picture);
  const { video } = await person.video(clip);
  return { image, video };
}

// material draws the film and its picture; the caller removes the folder.
export function material() {
  const clip = movie({ seconds: SECONDS });
  const folder = dirname(clip);
  const picture = join(folder, 'picture.png');
  execFileSync('ffmpeg', ['-v', 'error', '-i', clip, '-frames:v', '1', picture]);
  return { clip, picture, folder };
}
