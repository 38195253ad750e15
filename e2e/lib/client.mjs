// A person at the API: keeps a session, sends keys, and throws problems as errors with their code.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_POLL_MS = 100;
const READY_POLLS = 300;
const imageTypes = { '.webp': 'image/webp', '.jpg': 'image/jpeg', '.png': 'image/png' };

export class Client {
  constructor(url) { this.url = url; this.token = ''; this.login = ''; this.me = undefined; }

  async request(method, path, body, headers = {}) {
    const res = await fetch(this.url + (path.startsWith('/api') || path.startsWith('http') ? path : `/api/v1${path}`), {
      method, headers: { ...(this.token ? { authorization: `Bearer ${this.token}` } : {}), ...headers }, body,
    });
    const cookie = res.headers.getSetCookie().find((c) => c.startsWith('hawker_session='));
    if (cookie) this.token = cookie.split(';')[0].split('=')[1];
    const text = await res.text();
    const data = /json/.test(res.headers.get('content-type') ?? '') && text ? JSON.parse(text) : undefined;
    if (!res.ok) {
      const err = new Error(`${method} ${path}: ${res.status} ${data?.code} ${data?.detail ?? text}`);
      Object.assign(err, { status: res.status, code: data?.code, problem: data });
      throw err;
    }
    return { data, headers: res.headers };
  }

  async call(method, path, body, { key, headers = {} } = {}) {
    const { data } = await this.request(method, path, body === undefined ? undefined : JSON.stringify(body), {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key ? { 'idempotency-key': key } : {}),
      ...headers,
    });
    return data;
  }

  get(path) { return this.call('GET', path); }
  post(path, body, options) { return this.call('POST', path, body, options); }
  once(path, body, key = randomUUID()) { return this.call('POST', path, body, { key }); }
  put(path, body) { return this.call('PUT', path, body); }
  patch(path, body) { return this.call('PATCH', path, body); }
  delete(path) { return this.call('DELETE', path); }

  async as(role) { this.me = await this.post(`/identity/demo/${role}`); return this; }

  async signUp(name) {
    this.login = `e2e-${randomUUID().slice(0, 12)}`;
    this.me = await this.post('/identity/sign-up', { login: this.login, name, password: randomUUID() });
    return this;
  }

  async address() {
    return this.post('/shop/addresses', { name: '陈小满', phone: '13812346021', region: '浙江省 杭州市 西湖区', detail: '夜市路 1 号', isDefault: true });
  }

  // image adds a picture file and returns its asset.
  async image(file) {
    return (await this.request('POST', '/media/images', readFileSync(file), { 'content-type': imageTypes[extname(file)] })).data;
  }

  // video sends a file by tus and waits until it plays.
  async video(file) {
    const bytes = readFileSync(file);
    const tus = { 'tus-resumable': '1.0.0' };
    const meta = Object.entries({ filename: basename(file), filetype: 'video/mp4', purpose: 'post' }).map(([k, v]) => `${k} ${Buffer.from(v).toString('base64')}`).join(',');
    const made = await this.request('POST', '/media/uploads', undefined, { ...tus, 'upload-length': String(bytes.length), 'upload-metadata': meta });
    const at = new URL(made.headers.get('location'), this.url).pathname;
    await this.request('PATCH', at, bytes, { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' });
    const id = made.headers.get('hawker-asset-id');
    for (let i = 0; i < READY_POLLS; i++) {
      const asset = await this.get(`/media/assets/${id}`);
      if (asset.state === 'ready') return asset;
      if (asset.state === 'refused') throw new Error(`the server refused ${file}: ${asset.code}`);
      await sleep(READY_POLL_MS);
    }
    throw new Error(`${file} was not ready in time`);
  }

  // buy places one order of the sku and waits for its payment's end.
  async buy({ skuId, addressId, roomId, quantity = 1, key = randomUUID(), waitMs = 8000 }) {
    const quote = await this.post('/shop/quotes', { lines: [{ skuId, quantity }], addressId });
    const placed = await this.once('/shop/orders', { quoteId: quote.id, expectedTotalMinor: quote.totalMinor, addressId, roomId, provider: 'sandbox' }, key);
    const payment = waitMs ? await this.get(`/money/payments/${placed.payment.id}?waitMs=${waitMs}`) : placed.payment;
    return { ...placed, payment };
  }
}
