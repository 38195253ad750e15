import * as live from '@/api/live'
import * as shop from '@/api/shop'
import type { Spot, TourStop } from './types'

/** The eight stops, from what a viewer sees first to what an operator checks last. */
export const stops: TourStop[] = [
  { id: 'feed', role: 'viewer', targets: ['product-chip', 'clip-meta'] },
  { id: 'room', role: 'viewer', targets: ['explaining', 'bag'] },
  { id: 'buy', role: 'viewer', targets: ['buy', 'bag'] },
  { id: 'order', role: 'viewer', targets: ['order-story'] },
  { id: 'channel', role: 'viewer', targets: ['notices', 'follow'] },
  { id: 'host', role: 'host', targets: ['shelf'] },
  { id: 'ship', role: 'merchant', targets: ['bulk-ship'] },
  { id: 'ledger', role: 'operator', targets: ['audit'] },
]

const market = 'helane'

/** The room that sells: the market's, else any. */
async function sellingRoom(): Promise<string> {
  const { items } = await live.rooms('live')
  return (items.find((r) => r.channel.handle === market) ?? items[0])?.id ?? ''
}

/** The address of a stop. What is not there any more leads to the list it would stand in. */
export async function addressOf(id: string): Promise<string> {
  switch (id) {
    case 'feed': return '/'
    case 'room':
    case 'buy': {
      const room = await sellingRoom()
      return room ? `/live/${room}` : '/live'
    }
    case 'order': {
      const { items } = await shop.myOrders()
      const order = items.find((o) => o.state === 'shipped') ?? items[0]
      return order ? `/orders/${order.id}` : '/orders'
    }
    case 'channel': return `/c/${market}`
    case 'host': {
      const room = await sellingRoom()
      return room ? `/console/live/${room}` : '/console/live'
    }
    case 'ship': return '/console/shop/orders'
    default: return '/console/operator/ledger'
  }
}

/** The part of the page a stop speaks of: drawn, and not hidden behind display or size. */
export function partOf(stop: TourStop, root: ParentNode = document): HTMLElement | undefined {
  for (const name of stop.targets) {
    for (const el of root.querySelectorAll<HTMLElement>(`[data-tour="${name}"]`)) {
      const box = el.getBoundingClientRect()
      if (box.width > 0 && box.height > 0 && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight) return el
    }
    const below = root.querySelector<HTMLElement>(`[data-tour="${name}"]`)
    if (below && below.getBoundingClientRect().height > 0 && !below.closest('[aria-hidden="true"]')) return below
  }
  return undefined
}

/** The part of a box that stands on the screen; nothing when it stands outside. */
export function inView(box: { left: number; top: number; right: number; bottom: number }): Spot | undefined {
  const left = Math.max(box.left, 0), top = Math.max(box.top, 0)
  const width = Math.min(box.right, innerWidth) - left, height = Math.min(box.bottom, innerHeight) - top
  return width > 0 && height > 0 ? { x: left, y: top, width, height } : undefined
}
