import type { RoomCard } from '@/api/types'

// Two or more columns of tiles whose heights follow what they say; pure, in px.

export const tileGap = 8
const lowest = 248
const highest = 298
/** A line of a title holds about this many em on a phone column. */
const emPerLine = 11

/** How high a tile stands: what is sold and a long title ask for room. */
export function tileHeight(room: Pick<RoomCard, 'title' | 'product' | 'state'>): number {
  const em = Array.from(room.title).reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2e7f ? 1 : .55), 0)
  return Math.min(highest, lowest + (room.product && room.state !== 'ended' ? 30 : 0) + (em > emPerLine ? 20 : 0))
}

export interface Placed<T> { item: T; height: number }
export interface Column<T> {
  tiles: Placed<T>[]
  /** Left free under the last tile, against the longest column; enough for one more tile. */
  rest: number
}

/** Less than this left under a column is given to its last tile instead of staying empty. */
const stretchUpTo = 120

/**
 * Deals items to the shortest column in their order, so that what comes first stands high.
 * Small gaps at the end are closed by growing the last tile; a large one is reported as
 * `rest`, for something useful to stand there. An unfinished list keeps its ragged edge.
 */
export function masonry<T>(items: readonly T[], count: number, heightOf: (item: T) => number, { finished = true, gap = tileGap } = {}): Column<T>[] {
  const columns = Array.from({ length: count }, (): Column<T> & { used: number } => ({ tiles: [], rest: 0, used: 0 }))
  for (const item of items) {
    const to = columns.reduce((least, c) => (c.used < least.used ? c : least))
    const height = heightOf(item)
    to.tiles.push({ item, height })
    to.used += height + gap
  }
  const longest = Math.max(0, ...columns.map((c) => c.used))
  return columns.map(({ tiles, used }) => {
    const left = longest - used
    const last = tiles.at(-1)
    if (!finished || left === 0) return { tiles, rest: 0 }
    if (last && left <= stretchUpTo) return { tiles: [...tiles.slice(0, -1), { ...last, height: last.height + left }], rest: 0 }
    return { tiles, rest: left - gap }
  })
}
