import type { IconName } from '@/ui/icons/shapes'

/** What one entry needs before it is shown: a channel, a shop, or the operator's right. */
export type Need = 'none' | 'channel' | 'shop' | 'operator'

export interface MenuEntry {
  id: string
  to: string
  icon: IconName | 'home' | 'broadcast' | 'upload' | 'chart' | 'yen' | 'bug'
  /** `G` then this letter goes there. */
  go?: string
}

export interface MenuGroup {
  id: string
  need: Need
  entries: MenuEntry[]
}

export const menu: MenuGroup[] = [
  { id: 'top', need: 'none', entries: [{ id: 'home', to: '/console/home', icon: 'home', go: 'H' }] },
  {
    id: 'live',
    need: 'channel',
    entries: [
      { id: 'prepare', to: '/console/live/new', icon: 'broadcast', go: 'L' },
      { id: 'notices', to: '/console/live/notices', icon: 'bell', go: 'N' },
      { id: 'sessions', to: '/console/live', icon: 'clock' },
    ],
  },
  {
    id: 'content',
    need: 'channel',
    entries: [
      { id: 'posts', to: '/console/content', icon: 'camera', go: 'C' },
      { id: 'publish', to: '/console/content/publish', icon: 'upload' },
    ],
  },
  {
    id: 'shop',
    need: 'shop',
    entries: [
      { id: 'sales', to: '/console/shop', icon: 'chart', go: 'D' },
      { id: 'products', to: '/console/shop/products', icon: 'bag', go: 'P' },
      { id: 'orders', to: '/console/shop/orders', icon: 'parcel', go: 'O' },
      { id: 'refunds', to: '/console/shop/refunds', icon: 'refund', go: 'A' },
      { id: 'finance', to: '/console/shop/finance', icon: 'yen', go: 'F' },
      { id: 'shopSettings', to: '/console/shop/settings', icon: 'store' },
    ],
  },
  {
    id: 'operator',
    need: 'operator',
    entries: [
      { id: 'overview', to: '/console/operator', icon: 'layout-cards' },
      { id: 'opRooms', to: '/console/operator/rooms', icon: 'broadcast' },
      { id: 'opPosts', to: '/console/operator/posts', icon: 'camera' },
      { id: 'opComments', to: '/console/operator/comments', icon: 'comment' },
      { id: 'opUsers', to: '/console/operator/users', icon: 'people' },
      { id: 'opOrders', to: '/console/operator/orders', icon: 'parcel' },
      { id: 'ledger', to: '/console/operator/ledger', icon: 'receipt' },
      { id: 'stuck', to: '/console/operator/stuck', icon: 'warning' },
      { id: 'log', to: '/console/operator/log', icon: 'history' },
      { id: 'sandbox', to: '/console/operator/sandbox', icon: 'bug' },
    ],
  },
]

export interface Rights {
  channel: boolean
  shop: boolean
  operator: boolean
}

export function allowed(need: Need, rights: Rights): boolean {
  return need === 'none' || rights[need]
}

export function visibleMenu(rights: Rights, sandbox: boolean): MenuGroup[] {
  return menu
    .filter((g) => allowed(g.need, rights))
    .map((g) => ({ ...g, entries: g.entries.filter((e) => e.id !== 'sandbox' || sandbox) }))
}

/** The entry a page belongs to: the longest address that begins it. */
export function activeEntry(groups: MenuGroup[], path: string): string | undefined {
  let best: MenuEntry | undefined
  for (const e of groups.flatMap((g) => g.entries)) {
    if ((path === e.to || path.startsWith(`${e.to}/`)) && e.to.length > (best?.to.length ?? 0)) best = e
  }
  return best?.id
}
