// Starts the built binary on free ports with a data folder of its own, and stops it again.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
/** The binary under test; HAWKER_BIN names another build. */
export const binary = process.env.HAWKER_BIN ?? join(root, 'bin/hawker');

const READY_MS = 60_000; // seeding the sample world on a busy machine
const LOG_TAIL_LINES = 40;

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

// What each world is started with: `serve` is empty and quiet, `demo` is the sample world with its scripted life.
const worlds = { serve: ['serve', '--sandbox-pay'], demo: ['demo'] };

// start runs the server and waits until it is ready. The same data folder may be started again.
export async function start({ world = 'demo', data = dataFolder(), port, rtmpPort, args = [] } = {}) {
  port ??= await freePort();
  rtmpPort ??= await freePort();
  const began = performance.now();
  const child = spawn(binary, [...worlds[world], '--data', data, '--addr', `127.0.0.1:${port}`, '--rtmp-addr', `127.0.0.1:${rtmpPort}`, '--webrtc-addr', '127.0.0.1:0', '--log-level', 'info', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stdout.on('data', (b) => { log += b; });
  child.stderr.on('data', (b) => { log += b; });
  const ended = new Promise((done) => child.once('exit', (code, signal) => done({ code, signal })));
  const url = `http://localhost:${port}`;
  const server = {
    url, data, port, rtmpPort, rtmp: `rtmp://localhost:${rtmpPort}/live`,
    readyMs: 0,
    get log() { return log; },
    get tail() { return log.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n'); },
    pid: child.pid,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return ended;
    },
    async remove() { await server.stop(); rmSync(data, { recursive: true, force: true }); },
  };
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`the server ended while starting:\n${server.tail}`);
    try {
      if ((await fetch(`${url}/readyz`)).ok) {
        server.readyMs = performance.now() - began;
        return server;
      }
    } catch { /* not listening yet */ }
    await sleep(25);
  }
  await server.stop('SIGKILL');
  throw new Error(`the server was not ready in ${READY_MS} ms:\n${server.tail}`);
}

// audit runs `hawker audit` on a data folder and returns its text; it throws with the breaks.
export function audit(data) {
  try {
    return execFileSync(binary, ['audit', '--data', data, '--sandbox-pay'], { encoding: 'utf8' });
  } catch (err) {
    throw new Error(`audit failed:\n${err.stdout}${err.stderr}`);
  }
}

// makeOperator gives an account the operator's rights, as the person who runs the machine does it.
export function makeOperator(data, login) {
  execFileSync(binary, ['operator', login, '--data', data], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
