// A host whose encoder dies, again and again: the viewer's page goes on with the same player, room and talk.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { journeys } from '../../lib/journey.mjs';
import { moving } from '../../lib/browser.mjs';
import { pushRuler, readRuler } from '../../lib/stream.mjs';
import { buyer, host, onAir, until } from '../../lib/world.mjs';

const journey = journeys();
/** How often the encoder dies: HAWKER_LOSSES=100 for a long run. */
const LOSSES = Number(process.env.HAWKER_LOSSES ?? 2);
/** From the encoder's start to its first frame on the screen, its own start included. */
const BACK_MS = 3000;
/** The new encoder's ruler begins anew: what shows less than this after more than that is its picture. */
const [NEW_S, OLD_S] = [3, 4];
const CYCLE_MS = 30_000;

journey('lost: an encoder that dies comes back to the same player and room', async ({ server, phone, note }) => {
  const h = await host(server, '断线铺');
  const room = await onAir(server, h, { send: pushRuler });
  const guest = await buyer(server, '等着的人');
  const page = await phone(guest);
  // A fatal error of the player ends in a new MediaSource: there must be one for the whole visit.
  await page.addInitScript(() => {
    window.sources = 0;
    window.MediaSource = class extends window.MediaSource {
      constructor() {
        super();
        window.sources++;
      }
    };
  });
  await page.goto(`/live/${room.id}`);
  await moving(page);
  assert.equal(await page.evaluate(() => window.sources), 1);
  const before = await h.c.get(`/live/rooms/${room.id}`);
  assert.ok(before.startedAt);

  let { stream } = room;
  const back = [];
  for (let i = 0; i < LOSSES; i++) {
    await until(async () => (await readRuler(page)) > OLD_S, CYCLE_MS, `loss ${i + 1}: the picture is ${OLD_S} s old`);
    await stream.stop();
    await guest.post(`/live/rooms/${room.id}/comments`, { text: `画面停了 ${i + 1}` });
    const silentMs = randomInt(0, 4000);
    await sleep(silentMs);
    const at = Date.now();
    stream = pushRuler(`${server.rtmp}/${room.key}`);
    await until(async () => (await readRuler(page)) < NEW_S, CYCLE_MS, `loss ${i + 1}: the new encoder's picture`);
    const ms = Date.now() - at;
    if (ms > BACK_MS) note(`loss ${i + 1}, silent for ${silentMs} ms: ${ms} ms`);
    back.push(ms);
    await moving(page);
  }
  back.sort((a, b) => a - b);
  note(`${LOSSES} losses; from the new encoder's start to its picture: median ${back[back.length >> 1]} ms, worst ${back.at(-1)} ms, ${back.filter((ms) => ms > BACK_MS).length} over ${BACK_MS} ms`);

  assert.equal(await page.evaluate(() => window.sources), 1, 'the player had to begin anew');
  const now = await h.c.get(`/live/rooms/${room.id}`);
  assert.equal(now.state, 'live');
  assert.equal(now.startedAt, before.startedAt);
  for (let i = Math.max(1, LOSSES - 1); i <= LOSSES; i++) await page.getByText(`画面停了 ${i}`).first().waitFor();
  assert.ok(back[back.length >> 1] <= BACK_MS, `back after ${back[back.length >> 1]} ms`);
}, { ms: 60_000 + LOSSES * CYCLE_MS });
