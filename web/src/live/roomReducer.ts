import type { Bought, Keyframe, RoomComment, RoomState, ShelfRow, StateEvent, Tick } from '@/api/types'

// What a viewer knows about a room, as a pure function of its keyframe and ticks. Two
// lanes: states carry versions and must arrive; talk, cheers and purchases may be lost.

/** Talk kept in memory; older lines leave, nobody scrolls further back in a live room. */
export const talkLimit = 150
/** Purchases waiting for the ticker; more than these merge anyway. */
export const boughtLimit = 12

export interface RoomView {
  e: number
  /** Number of the last tick applied. */
  n: number
  at: number
  periodMs: number
  nextAt: number
  jitterMs: number
  online: number
  likes: number
  /** Cheers of the last tick, for the hearts. */
  burst: number
  state: RoomState
  explain: string | null
  explainAt?: number
  shelf: ShelfRow[]
  pin: RoomComment | null
  talk: RoomComment[]
  /** How many lines the last tick left out. */
  folded: number
  bought: (Bought & { key: string })[]
  /** User id → until (unix ms); 0 lifts the mute. */
  mutes: Record<string, number>
  versions: Record<string, number>
}

export function fromKeyframe(k: Keyframe): RoomView {
  return {
    e: k.e, n: k.n, at: k.at, periodMs: k.p, nextAt: k.next, jitterMs: k.j, online: k.o, likes: k.lt, burst: 0,
    state: k.state, explain: k.explain, explainAt: k.explainAt, shelf: k.shelf ?? [], pin: k.pin, folded: 0,
    talk: k.comments ?? [], bought: [], mutes: {}, versions: { ...k.versions },
  }
}

/** Where a state's version is kept. */
function slot(s: StateEvent): string {
  if (s.t === 'product') return `product:${s.productId}`
  if (s.t === 'mute') return `mute:${s.userId}`
  if (s.t === 'remove') return `remove:${s.commentId}`
  return s.t
}

function applyState(view: RoomView, s: StateEvent): void {
  const key = slot(s)
  // The keyframe numbers each kind of state; within a tick, products keep their own order.
  if (s.v <= (view.versions[key] ?? view.versions[s.t] ?? -1)) return
  // Removals are final and many: remembering a version for each would grow for ever.
  if (s.t !== 'remove') view.versions = { ...view.versions, [key]: s.v }
  switch (s.t) {
    case 'explain':
      view.explain = s.productId
      view.explainAt = s.at
      break
    case 'product':
      view.shelf = view.shelf.map((row) => (row.productId === s.productId
        ? { ...row, priceMinor: s.priceMinor, listPriceMinor: s.listPriceMinor, left: s.state === 'on' ? s.left : 0, sold: s.sold }
        : row))
      break
    case 'shelf':
      view.shelf = s.items
      break
    case 'pin':
      view.pin = s.comment
      break
    case 'remove':
      view.talk = view.talk.filter((c) => c.id !== s.commentId)
      if (view.pin?.id === s.commentId) view.pin = null
      break
    case 'mute':
      view.mutes = { ...view.mutes, [s.userId]: s.until }
      break
    case 'room':
      view.state = s.state
      break
  }
}

/**
 * Applies the tick after `view.n`. A tick of another epoch, an old one and one that leaves
 * a gap return the same object: the caller must fetch what is missing first.
 */
export function applyTick(view: RoomView, tick: Tick): RoomView {
  if (tick.e !== view.e || tick.n !== view.n + 1) return view
  const next: RoomView = {
    ...view, n: tick.n, at: tick.at, periodMs: tick.p, nextAt: tick.next, jitterMs: tick.j,
    online: tick.o, likes: Math.max(view.likes, tick.lt), burst: tick.l ?? 0,
    folded: Math.max(0, (tick.k ?? 0) - (tick.c?.length ?? 0)),
  }
  if (tick.c?.length) next.talk = addTalk(next.talk, tick.c)
  for (const s of tick.s ?? []) applyState(next, s)
  if (tick.b?.length) {
    next.bought = [...view.bought, ...tick.b.map((b, i) => ({ ...b, key: `${tick.e}-${tick.n}-${i}` }))].slice(-boughtLimit)
  }
  return next
}

/** Adds lines once: the sender's own echo has the id that the tick repeats later. */
export function addTalk(talk: RoomComment[], lines: RoomComment[]): RoomComment[] {
  const have = new Set(talk.slice(-60).map((c) => c.id))
  return [...talk, ...lines.filter((c) => !have.has(c.id))].slice(-talkLimit)
}

/** True when this person may not talk now. */
export function isMuted(view: RoomView, userId: string | undefined, now: number): boolean {
  return userId !== undefined && (view.mutes[userId] ?? 0) > now
}
