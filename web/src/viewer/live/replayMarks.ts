import type { Replay, ShelfRow } from '@/api/types'

/** One stretch of explaining on the seek bar; `left` and `width` in percent of it. */
export interface ExplainMark { fromS: number; toS: number; name: string; left: number; width: number }

/** The recording begins with a whole segment, a little before the show: marks move by that lead. */
export function explainMarks(replay: Pick<Replay, 'explained' | 'startedAt' | 'pictureAt'>, durationS: number, shelf: readonly Pick<ShelfRow, 'productId' | 'number' | 'title'>[]): ExplainMark[] {
  if (durationS <= 0) return []
  const leadMs = replay.startedAt - replay.pictureAt
  return replay.explained.map((m) => {
    const row = shelf.find((r) => r.productId === m.productId)
    const fromS = (m.fromMs + leadMs) / 1000
    const toS = (m.toMs + leadMs) / 1000
    // The last picture may end before the room did: a mark never leaves the bar.
    const left = Math.max(0, Math.min(99, (fromS / durationS) * 100))
    return { fromS, toS, name: row ? `${row.number} ${row.title}` : '', left, width: Math.min(100 - left, Math.max(1, ((toS - fromS) / durationS) * 100)) }
  })
}

/** What is being explained at this second; of two that touch, the later one. */
export const markAt = (marks: readonly ExplainMark[], second: number): ExplainMark | undefined =>
  marks.findLast((m) => second >= m.fromS - .5 && second < m.toS)
