// ffmpeg as a host's encoder and as the source of test files.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const running = new Set();
const folder = mkdtempSync(join(tmpdir(), 'hawker-e2e-files-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** A file of this run, gone when it ends. */
export const scratch = (name) => join(folder, name);

function run(args) {
  const child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  let sourceS = 0;
  let sourceAt = Date.now();
  child.stderr.on('data', (b) => { errors += b; });
  child.stdout.on('data', (b) => {
    const us = [...String(b).matchAll(/out_time_us=(\d+)/g)].at(-1);
    if (us) [sourceS, sourceAt] = [Number(us[1]) / 1e6, Date.now()];
  });
  const ended = new Promise((done) => child.once('exit', (code) => { running.delete(child); done(code); }));
  running.add(child);
  return {
    ended,
    get errors() { return errors; },
    /** Second of the source that was being sent at a moment (unix ms). */
    sourceAt: (at) => sourceS + (at - sourceAt) / 1000,
    async stop() { child.kill('SIGKILL'); return ended; },
  };
}

// push publishes a file in real time, looping, without encoding it again.
export const push = (url, { file }) => run(['-re', '-stream_loop', '-1', '-i', file, '-c', 'copy', '-f', 'flv', url]);

/** Pixels per second of the ruler's bar, and its picture's edge. */
export const RULER = { pxPerS: 4, edge: 480 };

// pushRuler publishes a picture that tells its own second: a white bar on black that grows.
export const pushRuler = (url) => run(['-progress', 'pipe:1', '-stats_period', '0.2', '-re',
  '-f', 'lavfi', '-i', `color=black:s=${RULER.edge}x${RULER.edge}:r=20`, '-f', 'lavfi', '-i', `color=white:s=${RULER.edge}x80:r=20`, '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100',
  '-filter_complex', `[0][1]overlay=x=-${RULER.edge}+${RULER.pxPerS}*t:y=0`, '-map', '2:a', '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-g', '20', '-b:v', '400k',
  '-c:a', 'aac', '-b:a', '64k', '-f', 'flv', url]);

// readRuler reads the second on the largest playing picture of a page.
export const readRuler = (page) => page.evaluate(({ pxPerS, edge }) => {
  const v = [...document.querySelectorAll('video')].filter((x) => x.videoWidth > 0).sort((a, b) => b.clientHeight - a.clientHeight)[0];
  if (!v) return undefined;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [edge, 1];
  const g = canvas.getContext('2d');
  g.drawImage(v, 0, v.videoHeight / 12, v.videoWidth, 1, 0, 0, edge, 1);
  const px = g.getImageData(0, 0, edge, 1).data;
  let white = 0;
  for (let i = 0; i < edge; i++) if (px[i * 4] > 128) white++;
  return white / pxPerS;
}, RULER);

// movie makes a small file of a few seconds: H.264 with AAC unless another video codec is named.
export function movie({ codec = 'libx264', seconds = 4, name = 'movie.mp4' } = {}) {
  const file = scratch(name);
  const tag = codec === 'libx265' ? ['-tag:v', 'hvc1', '-x265-params', 'log-level=error'] : [];
  execFileSync('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=s=360x640:r=25:d=${seconds}`, '-f', 'lavfi', '-i', `sine=frequency=330:d=${seconds}`, '-c:v', codec, ...tag, '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest', '-movflags', '+faststart', file]);
  return file;
}

// stopAll ends whatever encoder a failed journey left behind.
export function stopAll() {
  for (const child of running) child.kill('SIGKILL');
}
