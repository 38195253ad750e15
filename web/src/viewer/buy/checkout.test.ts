import { describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/client'
import type { Order, PaidOrder, Payment, Quote } from '@/api/types'
import { createCheckout, type CheckoutPorts } from './checkout'

const quote = { id: 'quo_1', totalMinor: 4400 } as Quote
const payment = (state: Payment['state'], failCode?: string) => ({ id: 'pay_1', state, failCode }) as Payment
const made = (state: Payment['state']): PaidOrder => ({ order: { id: 'ord_1', state: 'unpaid' } as Order, payment: payment(state) })
const input = { lines: [{ skuId: 'sku_1', quantity: 1 }], quote, addressId: 'adr_1', roomId: 'room_1' }
const signal = new AbortController().signal

function setup(over: Partial<CheckoutPorts> = {}) {
  const ports = {
    quote: vi.fn(async () => ({ ...quote, id: 'quo_2', totalMinor: 4900 })),
    place: vi.fn(async () => made('pending')),
    wait: vi.fn(async () => payment('paid')),
    ...over,
  }
  return { ports, checkout: createCheckout(ports) }
}
const keys = (place: unknown) => vi.mocked(place as CheckoutPorts['place']).mock.calls.map((c) => c[1])

describe('pay', () => {
  it('orders once for a double tap', async () => {
    const { ports, checkout } = setup()
    const [a, b] = await Promise.all([checkout.pay(input, signal), checkout.pay(input, signal)])
    expect(ports.place).toHaveBeenCalledOnce()
    expect(a).toBe(b)
    expect(a).toMatchObject({ kind: 'paid', order: { state: 'paid' } })
  })
  it('asks again with the same key when the answer was lost', async () => {
    const place = vi.fn().mockRejectedValueOnce(new ApiError({ status: 0, code: 'offline' })).mockResolvedValue(made('paid'))
    const { checkout } = setup({ place })
    await expect(checkout.pay(input, signal)).rejects.toMatchObject({ code: 'offline' })
    await checkout.pay(input, signal)
    expect(new Set(keys(place)).size).toBe(1)
  })
  it('takes a new key after a refusal', async () => {
    const place = vi.fn().mockRejectedValueOnce(new ApiError({ status: 409, code: 'sold_out' })).mockResolvedValue(made('paid'))
    const { checkout } = setup({ place })
    await expect(checkout.pay(input, signal)).rejects.toMatchObject({ code: 'sold_out' })
    await checkout.pay(input, signal)
    expect(new Set(keys(place)).size).toBe(2)
  })
  it('quotes anew when the price changed, and orders nothing', async () => {
    const place = vi.fn().mockRejectedValueOnce(new ApiError({ status: 409, code: 'price_changed' }))
    const { checkout, ports } = setup({ place })
    expect(await checkout.pay(input, signal)).toMatchObject({ kind: 'requoted', quote: { totalMinor: 4900 } })
    expect(ports.quote).toHaveBeenCalledWith(input.lines, 'adr_1')
    expect(ports.wait).not.toHaveBeenCalled()
  })
  it('says that nothing was charged when the provider refused', async () => {
    const { checkout } = setup({ wait: vi.fn(async () => payment('failed', 'card_declined')) })
    expect(await checkout.pay(input, signal)).toMatchObject({ kind: 'unpaid', code: 'card_declined', order: { id: 'ord_1' } })
  })
  it('stops waiting after a bounded time and points to the order', async () => {
    const wait = vi.fn(async () => payment('pending'))
    const { checkout } = setup({ wait })
    expect(await checkout.pay(input, signal)).toMatchObject({ kind: 'waiting' })
    expect(wait).toHaveBeenCalledTimes(6)
  })
  it('goes on waiting over a short break of the network', async () => {
    const wait = vi.fn().mockRejectedValueOnce(new ApiError({ status: 0, code: 'offline' })).mockResolvedValue(payment('paid'))
    const { checkout } = setup({ wait })
    expect(await checkout.pay(input, signal)).toMatchObject({ kind: 'paid' })
  })
})
