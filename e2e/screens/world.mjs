// The three worlds the pictures are taken in: the sample world, one that strains every layout, one that is empty.
import { Client } from '../lib/client.mjs';
import { start } from '../lib/server.mjs';
import { buyer, host, onAir, operator, person, post, product, until } from '../lib/world.mjs';

/** Longer than the pictures take: an order waits to be paid. */
const SLOW_BANK_MS = 1_800_000;
/** The sample world's two shows are really held, on a faster clock, before they are replays. */
const SEED_MS = 60_000;

const longName = '月下沿河第三个灯笼旁边卖手作青瓷与老茶的阿檐和她的猫';
const longTitle = '手工柴烧龙泉青瓷冰裂纹斗笠主人杯配胡桃木托与亚麻收纳袋四件套礼盒 Hand-thrown celadon set';
const longText = Array.from({ length: 12 }, (_, i) => `第 ${i + 1} 行：这只杯子我等了二十六天，开窑那天下着小雨。`).join('\n');
const longWord = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';

// sample is the world a newcomer meets; its people are the four roles of the demo.
export async function sample() {
  const server = await start({ world: 'demo' });
  const roles = ['viewer', 'host', 'merchant', 'operator'];
  const people = Object.fromEntries(await Promise.all(roles.map(async (r) => [r, await new Client(server.url).as(r)])));
  const list = async (state) => (await people.viewer.get(`/live/rooms?state=${state}`)).items;
  const replays = await until(async () => { const done = (await list('ended')).filter((r) => r.hasReplay); return done.length >= 2 && done; }, SEED_MS, 'two replays');
  const rooms = await until(async () => { const on = await list('live'); return on.length === 3 && on; }, SEED_MS, 'three rooms on air');
  const details = await Promise.all(rooms.map((r) => people.viewer.get(`/live/rooms/${r.id}`)));
  const selling = details.find((r) => r.shelf?.length) ?? details[0];
  const market = rooms.find((r) => r.id === selling.id).channel;
  const feed = (await people.viewer.get('/feed?tab=recommended&limit=20')).items;
  const posts = feed.map((i) => i.post).filter(Boolean);
  const orders = (await people.viewer.get('/shop/orders')).items;
  const mine = (await people.host.get('/live/rooms/' + selling.id + '/console'));
  const shop = (await people.merchant.get('/shop/mine')).items[0];
  const goods = (await people.merchant.get(`/shop/shops/${shop.id}/products`)).items;
  const notice = (await people.viewer.get(`/live/channels/${market.id}/notices`)).items[0];
  // The potter's show: the merchant is of that channel's team and may read its review.
  const shown = replays.find((r) => r.channel.handle === 'ayan');
  return {
    server, people, selling, notice, shown, market, replays, orders, mine, shop, goods,
    event: rooms.find((r) => r.id !== selling.id) ?? rooms[0],
    clip: posts.find((p) => p.kind === 'video' && p.product) ?? posts[0],
    pictures: posts.find((p) => p.kind !== 'video'),
  };
}

// strained holds what people really do to a layout: the longest names, nine-digit prices, twelve-line comments.
export async function strained() {
  const server = await start({ world: 'serve' });
  const h = await host(server, longName.slice(0, 20));
  await h.c.patch('/identity/me', { name: longName.slice(0, 24), bio: longText.slice(0, 180) });
  await h.c.patch(`/channel/channels/${h.channel.id}`, { bio: longText.slice(0, 180) });
  const dear = await product(h, 0, { title: longTitle.slice(0, 60), priceMinor: 987654321, listPriceMinor: 999999999, values: ['冰裂纹梅子青特大号礼盒装', '月白', longWord.slice(0, 20), '乌金', '甜白', '霁红', '茶叶末', '影青'], stock: 3 });
  const gone = await product(h, 1, { title: longTitle.slice(6, 66), stock: 0 });
  const many = [];
  for (let i = 0; i < 12; i++) many.push(await product(h, i % 3, { title: `${longTitle.slice(i, i + 40)} ${i}`, priceMinor: 1234567 * (i + 1), listPriceMinor: 2345678 * (i + 1), stock: i }));
  const clip = await post(h, 'celadon-bowl', `${longText.slice(0, 400)} ${longWord}`, dear.id);
  const viewer = await buyer(server, longName.slice(0, 24));
  for (const text of [longText.slice(0, 280), longWord, '好', longText.slice(0, 200)]) await viewer.post(`/channel/posts/${clip.id}/comments`, { text });
  const buy = async (sku, options) => (await viewer.buy({ skuId: sku.id, addressId: viewer.addressId, ...options })).order;
  const orders = [];
  const kept = async (state, order) => orders.push({ id: order.id, state });
  await kept('paid', await buy(dear.skus[0]));
  const back = await buy(many[5].skus[0], { quantity: 5 });
  const refund = await viewer.once(`/shop/orders/${back.id}/refunds`, { reason: longText.slice(0, 120) });
  await h.c.once(`/shop/refunds/${refund.refund.id}/approve`, { reply: '收到，钱已退回' });
  await kept('refunded', back);
  await operator(server).then((o) => o.put('/money/sandbox/faults', { delayMs: SLOW_BANK_MS, duplicate: false, lost: false, outOfOrder: false, wrongAmount: false, failRefund: false }));
  await kept('unpaid', await buy(many[6].skus[0], { waitMs: 0 }));
  const off = await buy(many[7].skus[0], { waitMs: 0 });
  await viewer.once(`/shop/orders/${off.id}/cancel`, {});
  await kept('cancelled', off);
  const room = await onAir(server, h, { title: '月下沿河第三个灯笼旁的青瓷', productIds: [dear.id, gone.id, ...many.map((p) => p.id)] });
  await h.c.post(`/live/rooms/${room.id}/explain`, { productId: dear.id });
  await h.c.put(`/live/rooms/${room.id}/pin`, { text: longText.slice(0, 90) }).catch(() => undefined);
  for (const text of [longText.slice(0, 100), longWord.slice(0, 80), '能微波吗？', '好', 'Does it ship to Reykjavík and the Faroe Islands too?']) await viewer.post(`/live/rooms/${room.id}/comments`, { text }).catch(() => undefined);
  return { server, people: { viewer, host: h.c }, h, dear, gone, clip, orders, room };
}

// bare has people and nothing else: every empty face shows.
export async function bare() {
  const server = await start({ world: 'serve' });
  const h = await host(server, '新摊');
  return { server, people: { viewer: await person(server, '新来的'), host: h.c, operator: await operator(server) }, h };
}

