// The server is killed without warning twenty times under orders and comments; nothing acknowledged is lost.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { audit, dataFolder, start } from '../../lib/server.mjs';
import { push, stopAll } from '../../lib/stream.mjs';
import { buyer, clip, host, onAir, product, until } from '../../lib/world.mjs';

const KILLS = 20;
const BUYERS = 6;
/** The talk of a room is stored once a second: what was said later than this before a kill may be gone. */
const TALK_MS = 1500;
/** Every so many kills comes after a round long enough for talk to be stored. */
const LONG_EVERY = 4;
/** Refusals a person may meet while the server comes and goes; anything else is a defect. */
const REFUSED = [409, 410, 429, 503];
const data = dataFolder();
let server;

before(async () => { server = await start({ world: 'serve', data }); });
after(async () => {
  stopAll();
  await server?.remove();
});

test('kill -9 under orders and comments loses nothing acknowledged', { timeout: 180_000 }, async (t) => {
  const h = await host(server, '拔电源也要卖');
  const item = await product(h, 0, { stock: 100_000 });
  const skuId = item.skus[0].id;
  const room = await onAir(server, h, { productIds: [item.id] });
  let { stream } = room;
  const buyers = [];
  for (let i = 0; i < BUYERS; i++) {
    const c = await buyer(server, `买家${i}`);
    buyers.push({ c, addressId: c.addressId });
  }
  const orders = new Map(); // id -> buyer, acknowledged
  const comments = new Map(); // id -> when, acknowledged; those too young at a kill are forgotten
  const refused = {};
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      let running = true;
      const work = buyers.map(async (b) => {
        b.c.url = server.url;
        while (running) {
          const key = randomUUID();
          try {
            const { order } = await b.c.buy({ skuId, addressId: b.addressId, roomId: room.id, key, waitMs: 0 });
            orders.set(order.id, b.c);
            comments.set((await b.c.post(`/live/rooms/${room.id}/comments`, { text: `第 ${kill} 次` })).id, Date.now());
          } catch (err) {
            refused[err.code ?? 'no answer'] = (refused[err.code ?? 'no answer'] ?? 0) + 1;
            if (err.status !== undefined && !REFUSED.includes(err.status)) throw err;
          }
          await sleep(60);
        }
      });
      await sleep(kill % LONG_EVERY === LONG_EVERY - 1 ? 2 * TALK_MS : randomInt(150, 700));
      running = false;
      const killedAt = Date.now();
      await server.stop('SIGKILL');
      for (const done of await Promise.allSettled(work)) if (done.status === 'rejected') throw done.reason;
      for (const [id, at] of comments) if (at > killedAt - TALK_MS && at < killedAt + TALK_MS) comments.delete(id);
      if (kill % 5 === 4) audit(data);
      server = await start({ world: 'serve', data, port: server.port, rtmpPort: server.rtmpPort });
      await stream.ended;
      stream = push(`${server.rtmp}/${room.key}`, { file: clip('live-stall') });
    }
    t.diagnostic(`${KILLS} kills, ${orders.size} orders and ${comments.size} comments acknowledged, refused: ${JSON.stringify(refused)}`);
    assert.ok(orders.size >= KILLS, `only ${orders.size} orders were acknowledged`);
    assert.ok(comments.size >= KILLS / 2, `only ${comments.size} comments were acknowledged`);
    for (const [id, c] of orders) assert.equal((await c.get(`/shop/orders/${id}`)).id, id);
    const late = await buyer(server, '来晚的人');
    const { payment } = await late.buy({ skuId, addressId: late.addressId, roomId: room.id });
    assert.equal(payment.state, 'paid', 'an order after the last kill is paid');
    await until(async () => (await h.c.get(`/live/rooms/${room.id}`)).state === 'live', 15_000, 'the room is back on air');
    const kept = new Set();
    for (let cursor = 'cmt_'; cursor !== undefined;) { // before the first: an empty cursor means the newest
      const page = await h.c.get(`/live/rooms/${room.id}/comments?after=${cursor}`);
      page.items.forEach((c) => kept.add(c.id));
      cursor = page.items.length && page.next !== cursor ? page.next : undefined;
    }
    const gone = [...comments.keys()].filter((id) => !kept.has(id));
    assert.equal(gone.length, 0, `${gone.length} of ${comments.size} acknowledged comments are gone`);
    await server.stop();
    assert.match(audit(data), / 0 breaks/);
  } catch (err) {
    console.error(`--- end of the server's log ---\n${server.tail}\n---`);
    throw err;
  }
});
