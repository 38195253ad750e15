import { describe, expect, it } from 'vitest'
import type { Order } from '@/api/types'
import { refundOpen, shippable } from './shippable'

const order = (state: Order['state'], refund?: string) => ({ state, refund: refund ? { state: refund } : undefined }) as Order

describe('shippable', () => {
  it('is a paid order nobody wants back', () => {
    expect(shippable(order('paid'))).toBe(true)
    expect(shippable(order('paid', 'refused'))).toBe(true)
  })
  it('is not one whose refund is asked or on its way', () => {
    for (const r of ['asked', 'approved', 'refunding']) {
      expect(shippable(order('paid', r))).toBe(false)
      expect(refundOpen(order('paid', r))).toBe(true)
    }
  })
  it('is not an order in any other state', () => {
    for (const s of ['unpaid', 'shipped', 'received', 'closed', 'refunded'] as const) expect(shippable(order(s))).toBe(false)
    expect(refundOpen(order('refunded', 'done'))).toBe(false)
  })
})
