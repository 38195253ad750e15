import type { Order } from '@/api/types'

/** A refund that is asked or on its way: nothing may be sent until it is decided. */
export function refundOpen(o: Pick<Order, 'refund'>): boolean {
  return o.refund !== undefined && ['asked', 'approved', 'refunding'].includes(o.refund.state)
}

/** Paid, and nobody waits for the money back. */
export function shippable(o: Pick<Order, 'state' | 'refund'>): boolean {
  return o.state === 'paid' && !refundOpen(o)
}
