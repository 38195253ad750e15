import type { Order, OrderState } from '@/api/types'
import type { IconName } from '@/ui/icons/shapes'
import type { StepItem } from '@/ui/steps/types'

/** The tabs of the order list; `undefined` is all. */
export const orderTabs: (OrderState | undefined)[] = [undefined, 'unpaid', 'paid', 'shipped', 'received', 'refunded', 'closed']

export const stateIcons: Record<OrderState, IconName> = {
  unpaid: 'bank-card', paid: 'parcel', shipped: 'truck', received: 'check', closed: 'close', refunded: 'refund',
}

export interface Step { key: string; icon: IconName; state: StepItem['state'] }

const orderPath = [['ordered', 'bank-card'], ['paid', 'parcel'], ['shipped', 'truck'], ['received', 'check']] as const
const refundPath = [['asked', 'clock'], ['approved', 'check'], ['refunding', 'refund'], ['refundDone', 'check']] as const

/** The four steps of an order, or the refund's own path once one was asked for. */
export function orderSteps(order: Pick<Order, 'state' | 'refund'>): Step[] {
  const refund = order.refund
  if (refund && refund.state !== 'refused') {
    const at = { asked: 0, approved: 1, refunding: 2, done: 3, refused: 0 }[refund.state]
    return path(refundPath, order.state === 'refunded' ? 3 : at)
  }
  const at: Record<OrderState, number> = { unpaid: 0, paid: 1, shipped: 2, received: 3, closed: -1, refunded: 3 }
  return path(orderPath, at[order.state])
}
/** The last reached step is "now", except at the end, where all is done. */
const path = (stops: readonly (readonly [string, IconName])[], at: number): Step[] =>
  stops.map(([key, icon], i) => ({ key, icon, state: i < at || (i === at && at === stops.length - 1) ? 'done' : i === at ? 'now' : 'next' }))

/** What the buyer may do; the server decides again. */
export function orderActs(order: Pick<Order, 'state' | 'refund'>) {
  const refundOpen = order.refund !== undefined && order.refund.state !== 'refused' && order.refund.state !== 'done'
  return {
    pay: order.state === 'unpaid',
    cancel: order.state === 'unpaid',
    receive: order.state === 'shipped' && !refundOpen,
    refund: (order.state === 'paid' || order.state === 'shipped' || order.state === 'received') && !refundOpen && order.refund?.state !== 'done',
    again: order.state !== 'unpaid',
  }
}

/** 13812346021 → 138 **** 6021: an order is often shown to others. */
export const maskPhone = (phone: string) => phone.replace(/^(.{3}).+(.{4})$/, '$1 **** $2')
