import { ApiError, isApiError, newKey } from '@/api/client'
import type { Order, OrderInput, PaidOrder, Payment, Quote } from '@/api/types'

// Paying, step by step, apart from what it looks like. One opening of the sheet is one
// intent: it owns one key, so that a double tap or a retry after a lost answer is one order.

/** Long polls of 10 s each before the buyer is told to look at the order instead. */
const waitRounds = 6

export interface CheckoutPorts {
  quote(lines: { skuId: string; quantity: number }[], addressId?: string): Promise<Quote>
  place(input: OrderInput, key: string): Promise<PaidOrder>
  wait(paymentId: string, signal: AbortSignal): Promise<Payment>
}

export type PayResult =
  | { kind: 'paid'; order: Order }
  /** The provider refused; nothing was charged, the stock is held and may be paid again. */
  | { kind: 'unpaid'; order: Order; code: string }
  /** No answer yet; the order shows it when it comes. */
  | { kind: 'waiting'; order: Order }
  /** The price moved: nothing was ordered, here is the new sum. */
  | { kind: 'requoted'; quote: Quote }

/** Codes that mean "the sum you saw is no longer true". */
const requoteCodes = new Set(['price_changed', 'quote_expired', 'quote_not_found', 'quote_used', 'total_changed'])

export interface PayInput {
  lines: { skuId: string; quantity: number }[]
  quote: Quote
  addressId: string
  roomId?: string
  postId?: string
  note?: string
}

export function createCheckout(ports: CheckoutPorts) {
  let key = newKey()
  let inFlight: Promise<PayResult> | undefined
  let lastBody = ''

  async function run(input: PayInput, signal: AbortSignal): Promise<PayResult> {
    const body: OrderInput = {
      quoteId: input.quote.id, expectedTotalMinor: input.quote.totalMinor, addressId: input.addressId,
      roomId: input.roomId, postId: input.postId, note: input.note, provider: 'sandbox',
    }
    // Another quote or address is another intent; the old key would be refused for it.
    const text = JSON.stringify(body)
    if (lastBody && text !== lastBody) key = newKey()
    lastBody = text
    let made: PaidOrder
    try {
      made = await ports.place(body, key)
    } catch (err) {
      if (isApiError(err) && (requoteCodes.has(err.code) || err.field === 'expectedTotalMinor')) {
        key = newKey()
        return { kind: 'requoted', quote: await ports.quote(input.lines, input.addressId) }
      }
      // A refusal is final for this key. No answer is not: the same key asks again.
      if (err instanceof ApiError && err.status >= 400 && err.status < 500) key = newKey()
      throw err
    }
    return settle(made, signal)
  }

  async function settle(made: PaidOrder, signal: AbortSignal): Promise<PayResult> {
    let payment = made.payment
    for (let i = 0; payment.state === 'pending' && i < waitRounds; i++) {
      try {
        payment = await ports.wait(payment.id, signal)
      } catch (err) {
        if (signal.aborted) return { kind: 'waiting', order: made.order }
        if (!isApiError(err, 'offline') && !isApiError(err, 'timeout')) throw err
      }
    }
    if (payment.state === 'paid') return { kind: 'paid', order: { ...made.order, state: 'paid' } }
    if (payment.state === 'pending') return { kind: 'waiting', order: made.order }
    return { kind: 'unpaid', order: made.order, code: payment.failCode ?? 'payment_failed' }
  }

  /** Pays once: a second call while the first runs gets the first one's result. */
  function pay(input: PayInput, signal: AbortSignal): Promise<PayResult> {
    inFlight ??= run(input, signal).finally(() => { inFlight = undefined })
    return inFlight
  }
  return { pay, settle }
}
