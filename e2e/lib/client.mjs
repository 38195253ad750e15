// A person at the API: keeps a session, sends keys, and throws problems as errors with their code.
import { randomUUID } from 'node:crypto';

export class Client {
  constructor(url) { this.url = url; this.token = ''; }

  async call(method, path, body, { key, headers = {} } = {}) {
    const res = await fetch(this.url + (path.startsWith('/api') ? path : `/api/v1${path}`), {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(key ? { 'idempotency-key': key } : {}),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const cookie = res.headers.getSetCookie().find((c) => c.startsWith('hawker_session='));
    if (cookie) this.token = cookie.split(';')[0].split('=')[1];
    const text = await res.text();
    const data = text ? JSON.parse(text) : undefined;
    if (!res.ok) {
      const err = new Error(`${method} ${path}: ${res.status} ${data?.code} ${data?.detail}`);
      Object.assign(err, { status: res.status, code: data?.code, problem: data });
      throw err;
    }
    return data;
  }

  get(path) { return this.call('GET', path); }
  post(path, body, options) { return this.call('POST', path, body, options); }
  once(path, body, key = randomUUID()) { return this.call('POST', path, body, { key }); }
  put(path, body) { return this.call('PUT', path, body); }
  patch(path, body) { return this.call('PATCH', path, body); }
  delete(path) { return this.call('DELETE', path); }

  async as(role) { await this.post(`/identity/demo/${role}`); return this; }

  async signUp(name) {
    const login = `e2e-${randomUUID().slice(0, 12)}`;
    await this.post('/identity/sign-up', { login, name, password: randomUUID() });
    return this;
  }

  async address() {
    return this.post('/shop/addresses', { name: '测试', phone: '13800000000', region: '浙江省 杭州市 西湖区', detail: '夜市路 1 号', isDefault: true });
  }

  // buy places one order of the sku and waits for its payment's end.
  async buy({ skuId, addressId, roomId, quantity = 1, key = randomUUID(), waitMs = 8000 }) {
    const quote = await this.post('/shop/quotes', { lines: [{ skuId, quantity }], addressId });
    const placed = await this.once('/shop/orders', { quoteId: quote.id, expectedTotalMinor: quote.totalMinor, addressId, roomId, provider: 'sandbox' }, key);
    const payment = waitMs ? await this.get(`/money/payments/${placed.payment.id}?waitMs=${waitMs}`) : placed.payment;
    return { ...placed, payment };
  }
}
