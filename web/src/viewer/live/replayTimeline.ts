import type { ReplayChunk } from '@/api/types'
import { applyTick, fromKeyframe, type RoomView } from '@/live/roomReducer'

/** Chunks kept around the playhead; each is about 10 s. */
const keepChunks = 8

export interface ReplayDeps {
  chunkMs: number
  chunks: number
  startedAt: number
  read(k: number): Promise<ReplayChunk>
  onView(view: RoomView): void
}

/**
 * Drives the room's view by the picture's own clock. `seek(at)` may jump anywhere: the
 * chunk's keyframe gives the state, its ticks up to `at` bring it there.
 */
export function openReplay(d: ReplayDeps) {
  const cache = new Map<number, Promise<ReplayChunk>>()
  let view: RoomView | undefined
  let chunkNo = -1
  let turn = 0

  function chunk(k: number): Promise<ReplayChunk> {
    let got = cache.get(k)
    if (!got) {
      got = d.read(k)
      got.catch(() => cache.delete(k))
      cache.set(k, got)
      if (cache.size > keepChunks) cache.delete(cache.keys().next().value as number)
    }
    return got
  }

  /** Shows the room as it was at `at` (unix ms of the picture). */
  async function seek(at: number): Promise<void> {
    const k = Math.min(d.chunks - 1, Math.max(0, Math.floor((at - d.startedAt) / d.chunkMs)))
    const mine = ++turn
    const got = await chunk(k)
    if (mine !== turn) return // the playhead moved on meanwhile
    const back = view !== undefined && at < view.at
    const adjoining = view !== undefined && k === chunkNo + 1 && got.key.e === view.e && got.key.n === view.n
    let next = k === chunkNo && view && !back ? view : adjoining && view && !back ? view : fromKeyframe(got.key)
    for (const t of got.ticks) {
      if (t.at > at) break
      // The server restarted during the show: a new epoch begins where the old one broke off.
      if (t.e > next.e) next = { ...next, e: t.e, n: t.n - 1, versions: {} }
      if (t.n > next.n) next = applyTick(next, t)
    }
    chunkNo = k
    if (next !== view) {
      view = next
      d.onView(next)
    }
    if (k + 1 < d.chunks) void chunk(k + 1).catch(() => undefined)
  }
  return { seek }
}
