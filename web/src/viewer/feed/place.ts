import type { FeedItem, FeedTab } from '@/api/types'

/** A feed as somebody left it: they come back to the same clip at the same second. */
export interface Place { who?: string; tab: FeedTab; items: FeedItem[]; next?: string; active: number; keptAt: number }

/** After this long people expect something new. */
const freshMs = 20 * 60_000

const places = new Map<FeedTab, Place>()

export function keepPlace(place: Place): void {
  places.set(place.tab, place)
}
/** The kept place of a tab, unless it is old or belongs to somebody else. */
export function placeOf(tab: FeedTab, who: string | undefined, now = Date.now()): Place | undefined {
  const kept = places.get(tab)
  return kept && kept.who === who && now - kept.keptAt < freshMs && kept.items.length > 0 ? kept : undefined
}

let left: { id: string; at: number } | undefined

/** The clip on screen when the feed was left, and how far it had played, in seconds. */
export const leaveClip = (id: string, at: number): void => { left = { id, at } }
/** Where to begin a clip: once where it was left, else at its beginning. */
export function takeClip(id: string): number {
  const at = left?.id === id ? left.at : 0
  if (at) left = undefined
  return at
}
