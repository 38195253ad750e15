import { describe, expect, it, vi } from 'vitest'
import type { Keyframe, Tick } from '@/api/types'
import type { RoomView } from './roomReducer'
import { openTimeline, type TimelineDeps } from './timeline'

const tick = (n: number, e = 1, over: Partial<Tick> = {}): Tick => ({ v: 1, room: 'r', e, n, at: n * 100, p: 100, next: n * 100 + 100, j: 50, o: n, lt: n, ...over })
const key = (n: number, e = 1): Keyframe => ({
  v: 1, key: true, room: 'r', e, n, at: n * 100, p: 100, next: n * 100 + 100, j: 50, o: n, lt: n, state: 'live',
  explain: null, shelf: [], pin: null, comments: [], versions: {},
})
const flush = async () => { for (let i = 0; i < 20; i++) await Promise.resolve() }

function setup(over: Partial<TimelineDeps> = {}) {
  const views: RoomView[] = []
  const links: string[] = []
  let send: (frame: unknown) => void = () => undefined
  let down: () => void = () => undefined
  const deps: TimelineDeps = {
    socket: (on) => {
      send = (frame) => on.message(JSON.stringify(frame))
      down = on.down
      return () => undefined
    },
    head: vi.fn(async () => ({ e: 1, n: 5, at: 500, next: 600, p: 100, j: 50, key: 4 })),
    keyframe: vi.fn(async (e, n) => key(n, e)),
    tick: vi.fn(async (e, n) => tick(n, e)),
    ticks: vi.fn(async (e, from, to) => ({ ticks: Array.from({ length: to - from + 1 }, (_, i) => tick(from + i, e)) })),
    beacon: vi.fn(async () => undefined),
    now: () => 0,
    sleep: (_ms, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    random: () => 0,
    onView: (v) => views.push(v),
    onLink: (l) => links.push(l),
    ...over,
  }
  const line = openTimeline(deps)
  return { line, deps, views, links, send: (f: unknown) => send(f), down: () => down(), last: () => views.at(-1) }
}

describe('openTimeline', () => {
  it('joins by the keyframe of the socket and follows its ticks', async () => {
    const s = setup()
    s.send(key(10))
    s.send(tick(11))
    expect(s.last()?.n).toBe(11)
    expect(s.links).toContain('socket')
    s.line.close()
  })
  it('fetches exactly what a gap lost, in order, and then goes on', async () => {
    const s = setup()
    s.send(key(10))
    s.send(tick(14))
    s.send(tick(15))
    await flush()
    expect(s.deps.ticks).toHaveBeenCalledWith(1, 11, 13, expect.anything())
    expect(s.views.map((v) => v.n)).toEqual([10, 11, 12, 13, 14, 15])
    s.line.close()
  })
  it('ignores a tick that came twice or late', async () => {
    const s = setup()
    s.send(key(10))
    s.send(tick(11))
    s.send(tick(11))
    s.send(tick(9))
    await flush()
    expect(s.views.map((v) => v.n)).toEqual([10, 11])
    expect(s.deps.ticks).not.toHaveBeenCalled()
    s.line.close()
  })
  it('joins anew when the epoch changes', async () => {
    const s = setup({ head: vi.fn(async () => ({ e: 2, n: 1, at: 0, next: 0, p: 100, j: 0, key: 1 })) })
    s.send(key(10))
    s.send(tick(2, 2))
    await flush()
    expect(s.last()).toMatchObject({ e: 2, n: 2 })
    s.line.close()
  })
  it('keeps its newer epoch when a keyframe or a tick of an older one arrives late', async () => {
    const s = setup()
    s.send(key(3, 2))
    s.send(key(40, 1))
    s.send(tick(41, 1))
    await flush()
    expect(s.views.map((v) => [v.e, v.n])).toEqual([[2, 3]])
    expect(s.deps.head).not.toHaveBeenCalled()
    s.send(tick(4, 2))
    expect(s.last()).toMatchObject({ e: 2, n: 4 })
    s.line.close()
  })
  it('does not go back when joining anew finds a cached keyframe of an older epoch', async () => {
    const s = setup({ head: vi.fn(async () => ({ e: 1, n: 50, at: 0, next: 0, p: 100, j: 0, key: 50 })) })
    s.send(key(3, 2))
    s.send(tick(2, 3)) // a newer epoch is announced; what is fetched is older than what is shown
    await flush()
    expect(s.views.map((v) => [v.e, v.n])).toEqual([[2, 3]])
    s.line.close()
  })
  it('starts over, and does not ask in a circle, when the ticks after the newest keyframe are gone', async () => {
    const s = setup({ ticks: vi.fn(async () => ({ ticks: [] })) })
    s.send(key(2))
    s.send(tick(9))
    await flush()
    expect(s.deps.head).toHaveBeenCalledTimes(1)
    expect(s.deps.ticks).toHaveBeenCalledTimes(2)
    s.line.close()
  })
  it('falls back to clock-paced HTTP when no socket can be had', async () => {
    const slept: number[] = []
    let now = 0
    const s = setup({
      socket: (on) => {
        queueMicrotask(on.down)
        return () => undefined
      },
      now: () => now,
      sleep: async (ms, signal) => {
        if (signal.aborted) throw signal.reason
        if (ms > 1000) return new Promise<void>((_, no) => signal.addEventListener('abort', () => no(signal.reason)))
        slept.push(ms)
        now += ms
      },
      tick: vi.fn(async (e, n) => tick(n, e, n >= 8 ? { s: [{ t: 'room', v: 1, state: 'ended' }] } : {})),
    })
    await s.line.done
    expect(s.last()).toMatchObject({ n: 8, state: 'ended' })
    expect(s.links).toContain('http')
    expect(s.deps.beacon).toHaveBeenCalledTimes(1)
    expect(slept).toEqual([600, 100, 100])
  })
  it('says that it is lost when neither way answers', async () => {
    const s = setup({
      socket: (on) => {
        queueMicrotask(on.down)
        return () => undefined
      },
      sleep: (ms, signal) => (ms > 1000 ? new Promise((_, no) => signal.addEventListener('abort', no)) : Promise.resolve()),
      head: async () => { throw new Error('down') },
    })
    await vi.waitFor(() => expect(s.links).toContain('lost'))
    s.line.close()
  })
})
