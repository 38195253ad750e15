// The server is killed without warning twenty times under orders and comments; nothing acknowledged is lost.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { audit, dataFolder, start } from '../lib/server.mjs';
import { Client } from '../lib/client.mjs';

const KILLS = 20;
const BUYERS = 6;
const data = dataFolder();
let server;

before(async () => { server = await start({ data }); });
after(async () => { await server?.remove(); });

test('kill -9 under orders and comments loses nothing acknowledged', async () => {
  const { rooms, sku } = await selling();
  const buyers = [];
  for (let i = 0; i < BUYERS; i++) {
    const c = await new Client(server.url).signUp(`买家${i}`);
    buyers.push({ c, addressId: (await c.address()).id });
  }
  const acked = new Map();
  for (let kill = 0; kill < KILLS; kill++) {
    let running = true;
    const work = buyers.map(async (b) => {
      b.c.url = server.url;
      while (running) {
        const key = randomUUID();
        try {
          const { order } = await b.c.buy({ skuId: sku, addressId: b.addressId, roomId: rooms[0].id, key, waitMs: 0 });
          acked.set(order.id, b.c);
          await b.c.post(`/live/rooms/${rooms[0].id}/comments`, { text: `第 ${kill} 次` });
        } catch (err) {
          if (running && err.status !== 429 && err.status !== 409 && err.status !== 503 && err.status !== 410 && err.status !== undefined) throw err;
        }
        await sleep(5);
      }
    });
    await sleep(randomInt(150, 900));
    running = false;
    await server.stop('SIGKILL');
    await Promise.allSettled(work).then((all) => all.forEach((r) => { if (r.status === 'rejected') throw r.reason; }));
    if (kill % 5 === 4) audit(data);
    server = await start({ data, port: server.port });
  }
  assert.ok(acked.size >= KILLS, `only ${acked.size} orders were acknowledged`);
  for (const [id, c] of acked) {
    const order = await c.get(`/shop/orders/${id}`);
    assert.equal(order.id, id);
  }
  await sleep(2500); // payments under way settle by notify or poller
  await server.stop();
  assert.match(audit(data), / 0 breaks/);
  server = await start({ data, port: server.port });
  console.log(`acknowledged orders: ${acked.size}, kills: ${KILLS}`);
});

// selling finds a room on air and a variant with plenty of stock and no limit, adding stock as its merchant.
async function selling() {
  const merchant = await new Client(server.url).as('merchant');
  const shops = (await merchant.get('/shop/mine')).items;
  for (const shop of shops) {
    const list = (await merchant.get(`/shop/shops/${shop.id}/manage/products?state=on`)).items;
    for (const card of list) {
      const product = await merchant.get(`/shop/products/${card.id}`);
      if (product.limitPerBuyer === 0) {
        await merchant.post(`/shop/skus/${product.skus[0].id}/stock`, { delta: 50_000 });
        const rooms = (await merchant.get('/live/rooms?state=live')).items;
        assert.ok(rooms.length > 0, 'no room is on air');
        return { rooms, sku: product.skus[0].id };
      }
    }
  }
  throw new Error('no product without a limit');
}
