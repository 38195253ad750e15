// Starts the built binary on free ports with a data folder of its own, and stops it again.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const binary = join(root, 'bin/hawker');

const READY_MS = 60_000; // seeding the sample world on a busy machine

export async function freePort() {
  const s = createServer();
  await new Promise((done) => s.listen(0, '127.0.0.1', done));
  const { port } = s.address();
  await new Promise((done) => s.close(done));
  return port;
}

export function dataFolder() {
  return mkdtempSync(join(tmpdir(), 'hawker-e2e-'));
}

// start runs `hawker demo` and waits until it is ready. The same data folder may be started again.
export async function start({ data = dataFolder(), port, rtmpPort, args = [] } = {}) {
  port ??= await freePort();
  rtmpPort ??= await freePort();
  const child = spawn(binary, ['demo', '--data', data, '--addr', `127.0.0.1:${port}`, '--rtmp-addr', `127.0.0.1:${rtmpPort}`, '--webrtc-addr', '127.0.0.1:0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stdout.on('data', (b) => { log += b; });
  child.stderr.on('data', (b) => { log += b; });
  const ended = new Promise((done) => child.once('exit', (code, signal) => done({ code, signal })));
  const url = `http://localhost:${port}`;
  const server = {
    url, data, port, rtmp: `rtmp://localhost:${rtmpPort}/live`,
    get log() { return log; },
    pid: child.pid,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return ended;
    },
    async remove() { await server.stop(); rmSync(data, { recursive: true, force: true }); },
  };
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`the server ended while starting:\n${log}`);
    try {
      if ((await fetch(`${url}/readyz`)).ok) return server;
    } catch { /* not listening yet */ }
    await sleep(50);
  }
  await server.stop('SIGKILL');
  throw new Error(`the server was not ready in ${READY_MS} ms:\n${log}`);
}

// audit runs `hawker audit` on a data folder and returns its text; it throws with the breaks.
export function audit(data) {
  try {
    return execFileSync(binary, ['audit', '--data', data, '--sandbox-pay'], { encoding: 'utf8' });
  } catch (err) {
    throw new Error(`audit failed:\n${err.stdout}${err.stderr}`);
  }
}
