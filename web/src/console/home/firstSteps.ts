import type { IconName } from '@/ui/icons/shapes'

export type StepId = 'channel' | 'post' | 'shop' | 'product' | 'live'

/** What exists already; a number that is not known yet is undefined. */
export interface Facts {
  channel?: string
  shop?: string
  posts?: number
  onSale?: number
  lives?: number
}

export interface FirstStep {
  id: StepId
  icon: IconName | 'broadcast'
  to: string
  /** undefined: not known yet. */
  done: boolean | undefined
  /** The first step that can be taken now. */
  next: boolean
  /** What has to stand before this one can be taken. */
  after?: 'channel' | 'shop'
  /** What the done step made: a name, or how many. */
  made: string | number | undefined
}

const plan: readonly Pick<FirstStep, 'id' | 'icon' | 'to' | 'after'>[] = [
  { id: 'channel', icon: 'people', to: '/console/settings/channel/new' },
  { id: 'post', icon: 'camera', to: '/console/content/publish', after: 'channel' },
  { id: 'shop', icon: 'store', to: '/console/shop/open' },
  { id: 'product', icon: 'bag', to: '/console/shop/products/new', after: 'shop' },
  { id: 'live', icon: 'broadcast', to: '/console/live/new', after: 'channel' },
]

/** The way from nothing to a first live, in the order it is easiest; each step is read from what stands, never remembered. */
export function firstSteps(f: Facts): FirstStep[] {
  const made = { channel: f.channel, post: f.posts, shop: f.shop, product: f.onSale, live: f.lives }
  const known = { channel: true, shop: true, post: !f.channel || f.posts !== undefined, product: !f.shop || f.onSale !== undefined, live: !f.channel || f.lives !== undefined }
  let found = false
  return plan.map((s) => {
    const done = known[s.id] ? Boolean(made[s.id]) : undefined
    const blocked = s.after !== undefined && !f[s.after]
    // Steps before an unknown one may still turn out to be open: nothing is called next until they are known.
    const next = !found && done === false && !blocked
    if (next || done === undefined) found = true
    return { ...s, done, next, after: blocked ? s.after : undefined, made: made[s.id] }
  })
}
