import { expect, it, vi } from 'vitest'
import type { Keyframe, ReplayChunk, Tick } from '@/api/types'
import { openReplay } from './replayTimeline'
import type { RoomView } from '@/live/roomReducer'

const tick = (n: number): Tick => ({ v: 1, room: 'r', e: 1, n, at: n * 1000, p: 1000, next: 0, j: 0, o: n, lt: n })
const key = (n: number): Keyframe => ({
  v: 1, key: true, room: 'r', e: 1, n, at: n * 1000, p: 1000, next: 0, j: 0, o: n, lt: n, state: 'live', explain: null,
  shelf: [], pin: null, comments: [], versions: {},
})
const chunk = (k: number): ReplayChunk => ({ key: key(k * 10), ticks: Array.from({ length: 10 }, (_, i) => tick(k * 10 + 1 + i)) })

function setup() {
  const views: RoomView[] = []
  const read = vi.fn(async (k: number) => chunk(k))
  return { views, read, ...openReplay({ chunkMs: 10_000, chunks: 5, startedAt: 0, read, onView: (v) => views.push(v) }) }
}

it('shows the room as it was at the picture time', async () => {
  const r = setup()
  await r.seek(3500)
  expect(r.views.at(-1)?.n).toBe(3)
  await r.seek(4200)
  expect(r.views.at(-1)?.n).toBe(4)
})
it('re-anchors after a jump forward and back', async () => {
  const r = setup()
  await r.seek(2000)
  await r.seek(37_000)
  expect(r.views.at(-1)?.n).toBe(37)
  await r.seek(5000)
  expect(r.views.at(-1)?.n).toBe(5)
})
it('drops an answer that the playhead has overtaken', async () => {
  const r = setup()
  const slow = r.seek(1000)
  const fast = r.seek(41_000)
  await Promise.all([slow, fast])
  expect(r.views.map((v) => v.n)).toEqual([41])
})
it('clamps a time outside the recording', async () => {
  const r = setup()
  await r.seek(-5000)
  await r.seek(999_000)
  expect(r.views.at(-1)?.n).toBe(50)
})
it('goes on through a restart of the server, which begins a new epoch', async () => {
  const views: RoomView[] = []
  const broken: ReplayChunk = { key: key(0), ticks: [tick(1), tick(2), { ...tick(1), e: 2, at: 5000 }, { ...tick(2), e: 2, at: 6000, s: [{ t: 'explain', v: 1, productId: 'p1', at: 6000 }] }] }
  const r = openReplay({ chunkMs: 10_000, chunks: 1, startedAt: 0, read: async () => broken, onView: (v) => views.push(v) })
  await r.seek(2500)
  expect([views.at(-1)?.e, views.at(-1)?.n]).toEqual([1, 2])
  await r.seek(6500)
  expect([views.at(-1)?.e, views.at(-1)?.n, views.at(-1)?.explain]).toEqual([2, 2, 'p1'])
})
