// People and things the journeys need, made through the API, so that no journey leans on the sample world.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from './client.mjs';
import { makeOperator, root } from './server.mjs';
import { push } from './stream.mjs';

const assets = join(root, 'internal/demo/assets');
export const clip = (name) => join(assets, 'clips', `${name}.mp4`);
export const picture = (name) => join(assets, 'products', `${name}.webp`);
export const cover = (name) => join(assets, 'covers', `${name}.jpg`);
export const avatar = (name) => join(assets, 'avatars', `${name}.webp`);

const ON_AIR_MS = 15_000;

export const person = (server, name) => new Client(server.url).signUp(name);

// buyer is a person who saved an address, so that buying takes two taps.
export async function buyer(server, name) {
  const c = await person(server, name);
  c.addressId = (await c.address()).id;
  return c;
}

export async function operator(server, name = '值班') {
  const c = await person(server, name);
  makeOperator(server.data, c.login);
  return c;
}

// host is a person with a channel and a shop bound to it.
export async function host(server, name) {
  const c = await person(server, name);
  const face = (await c.image(avatar('market'))).id;
  const channel = await c.post('/channel/channels', { name, handle: `h${randomUUID().replace(/-/g, '').slice(0, 10)}`, bio: '夜市里的好东西', avatarAssetId: face });
  const shop = await c.once('/shop/shops', { name: `${name}小店`, kind: 'individual', channelId: channel.id, logoAssetId: face });
  return { c, channel, shop };
}

const goods = [
  { title: '龙泉青瓷主人杯', image: 'bowl-celadon', priceMinor: 12900, listPriceMinor: 16900, stock: 60 },
  { title: '糖炒栗子', image: 'chestnut', priceMinor: 2980, listPriceMinor: 3980, stock: 200 },
  { title: '赣南脐橙 5 斤', image: 'navel-orange', priceMinor: 4900, listPriceMinor: 8900, stock: 12 },
];

// product puts one thing on sale; `values` gives it variants of one option.
export async function product(h, i = 0, { values = [], limit = 0, stock = goods[i].stock, ...over } = {}) {
  const g = { ...goods[i], ...over };
  const image = (await h.c.image(picture(g.image))).id;
  const sku = (specs) => ({ specs, priceMinor: g.priceMinor, listPriceMinor: g.listPriceMinor, stock });
  return h.c.once(`/shop/shops/${h.shop.id}/products`, {
    title: g.title, subtitle: '夜市同款', description: '当天发货', category: '好物', imageAssetIds: [image], limitPerBuyer: limit, freightMinor: 0, state: 'on',
    options: values.length ? [{ name: '颜色', values }] : [],
    skus: values.length ? values.map((value) => sku([{ name: '颜色', value }])) : [sku([])],
  });
}

// post publishes one of the sample clips on the host's channel.
export async function post(h, clipName, text, productId) {
  const [asset, image] = await Promise.all([h.c.video(clip(clipName)), h.c.image(cover(clipName))]);
  return h.c.once(`/channel/channels/${h.channel.id}/posts`, { kind: 'video', text, assetIds: [asset.id], coverAssetId: image.id, productId, tags: ['夜市'] });
}

// onAir prepares a room, publishes a picture by RTMP and starts it.
export async function onAir(server, h, { title = '周五夜市', productIds = [], file = clip('live-stall'), record = false, send = (url) => push(url, { file }) } = {}) {
  for (const old of (await h.c.get('/live/rooms?state=live')).items) if (old.channel.id === h.channel.id) await h.c.once(`/live/rooms/${old.id}/end`);
  const image = (await h.c.image(cover('live-stall'))).id;
  const room = await h.c.once(`/live/channels/${h.channel.id}/rooms`, { title, coverAssetId: image, productIds, record });
  const { key } = await h.c.post(`/live/channels/${h.channel.id}/ingest/key`);
  const stream = send(`${server.rtmp}/${key}`);
  await untilOnAir(h);
  return { ...(await h.c.once(`/live/rooms/${room.id}/start`)), stream, key };
}

export async function untilOnAir(h, on = true) {
  return until(async () => (await h.c.get(`/live/channels/${h.channel.id}/ingest`)).onAir === on, ON_AIR_MS, `the channel is ${on ? 'on' : 'off'} air`);
}

// until asks again and again; it throws when the answer stays no.
export async function until(ask, ms, what) {
  const end = Date.now() + ms;
  for (;;) {
    const got = await ask();
    if (got) return got;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(100);
  }
}
