import type { Keyframe, RoomHead, Tick } from '@/api/types'
import { applyTick, fromKeyframe, type RoomView } from './roomReducer'

// Follows one room: WebSocket first, missing ticks over HTTP, clock-paced HTTP when no
// socket can be had. The client's whole state is one number, so a break costs one fetch.

/** Longest range of one HTTP fetch (the server's bound). */
const rangeLimit = 64
/** A wider gap is cheaper to close by joining anew at a keyframe. */
const gapLimit = 4 * rangeLimit
/** A socket silent for this long is dead, whatever the browser thinks. */
const silenceMs = 15_000
/** Time on HTTP before the socket is tried again. */
const socketRestMs = 30_000
const socketTries = 2
const beaconMs = 15_000
const retryMs = [500, 1000, 2000, 4000, 8000] as const
/** Ticks held back while a gap is being fetched. */
const heldLimit = 128

export interface TimelineDeps {
  /** Opens a socket; returns the way to close it. */
  socket(on: { message: (text: string) => void; down: () => void }): () => void
  head(signal: AbortSignal): Promise<RoomHead>
  keyframe(e: number, n: number, signal: AbortSignal): Promise<Keyframe>
  tick(e: number, n: number, signal: AbortSignal): Promise<Tick>
  ticks(e: number, from: number, to: number, signal: AbortSignal): Promise<{ ticks: Tick[] }>
  beacon(): Promise<unknown>
  now(): number
  sleep(ms: number, signal: AbortSignal): Promise<void>
  random(): number
  onView(view: RoomView): void
  onLink(link: 'joining' | 'socket' | 'http' | 'lost'): void
  /** Called for every server stamp, to learn the clock: `at` was sealed before now. */
  onStamp?(at: number): void
}

export function openTimeline(d: TimelineDeps): { close(): void; done: Promise<void> } {
  const stop = new AbortController()
  const { signal } = stop
  let view: RoomView | undefined

  /** Epochs only grow, and ticks within one: what is older than the view came late or from a cache. */
  const stale = (f: { e: number; n: number }) => view !== undefined && (f.e < view.e || (f.e === view.e && f.n <= view.n))

  function publish(next: RoomView) {
    if (next === view || stale(next)) return
    view = next
    d.onStamp?.(next.at)
    d.onView(next)
  }
  const over = () => view?.state === 'ended' || view?.state === 'cancelled'

  async function join() {
    const head = await d.head(signal)
    publish(fromKeyframe(await d.keyframe(head.e, head.key, signal)))
    if (view?.e === head.e) await catchUp(head.n, true)
  }

  /** Brings the view to tick `to`, over HTTP. One that has just joined does not join again at once: it fails. */
  async function catchUp(to: number, joined = false): Promise<void> {
    while (view && view.n < to) {
      if (to - view.n > gapLimit && !joined) return join()
      const from = view.n + 1
      const until = Math.min(to, from + rangeLimit - 1)
      const got = await d.ticks(view.e, from, until, signal)
      const before: number = view.n
      for (const t of got.ticks) publish(applyTick(view, t))
      if (view.n > before) continue
      if (joined) throw new Error(`no ticks after ${view.e}-${view.n}`)
      return join() // the range is gone: too old, or another epoch
    }
  }

  /** One life of a socket; resolves when it is down. True when it carried anything. */
  async function socketLife(): Promise<boolean> {
    let carried = false
    let held: Tick[] = []
    let mending = false
    let lastAt = d.now()
    const life = new AbortController()
    const end = () => life.abort()
    signal.addEventListener('abort', end, { once: true })

    async function mend() {
      mending = true
      try {
        while (held.length && view && !life.signal.aborted) {
          const first = held[0] as Tick
          if (first.e !== view.e) await join()
          else await catchUp(first.n - 1)
          const rest = held
          held = []
          for (const t of rest) if (view) publish(applyTick(view, t))
        }
      } catch {
        end() // the socket runs but HTTP does not: start over
      } finally {
        mending = false
      }
    }
    function message(text: string) {
      lastAt = d.now()
      const frame = JSON.parse(text) as Keyframe | Tick
      if (!carried) d.onLink('socket')
      carried = true
      if ('key' in frame) {
        publish(fromKeyframe(frame))
        return
      }
      if (!view || stale(frame)) return
      if (!mending && frame.e === view.e && frame.n === view.n + 1) publish(applyTick(view, frame))
      else {
        held = [...held, frame].slice(-heldLimit)
        if (!mending) void mend()
      }
      if (over()) end()
    }
    const close = d.socket({ message, down: end })
    try {
      while (!life.signal.aborted) {
        await d.sleep(silenceMs / 3, life.signal).catch(() => undefined)
        if (d.now() - lastAt > silenceMs) end()
      }
    } finally {
      signal.removeEventListener('abort', end)
      close()
    }
    return carried
  }

  /** Clock-paced pulling: asks once, just after each tick is due, for a bounded time. */
  async function httpLife(): Promise<void> {
    const until = d.now() + socketRestMs
    let beaconAt = 0
    let failed = 0
    if (!view) await join()
    while (!signal.aborted && !over() && view) {
      if (d.now() >= until) return
      if (d.now() >= beaconAt) {
        beaconAt = d.now() + beaconMs
        void d.beacon().catch(() => undefined)
      }
      const wait = view.nextAt - d.now() + d.random() * view.jitterMs
      if (wait > 0) await d.sleep(wait, signal)
      try {
        publish(applyTick(view, await d.tick(view.e, view.n + 1, signal)))
        failed = 0
        d.onLink('http')
      } catch (err) {
        if (signal.aborted) return
        failed++
        // One miss is an early or a slow tick; more mean a new epoch, or that we slept.
        if (failed >= retryMs.length) throw err
        await d.sleep(retryMs[Math.min(failed, retryMs.length) - 1] ?? 1000, signal)
        if (failed >= 2) await join()
      }
    }
  }

  async function run() {
    let failures = 0
    d.onLink('joining')
    while (!signal.aborted && !over()) {
      try {
        for (let i = 0; i < socketTries && !signal.aborted && !over(); i++) {
          if (await socketLife()) {
            failures = 0
            i = -1
            if (!signal.aborted && !over()) await d.sleep(300 + d.random() * 1500, signal)
          }
        }
        if (signal.aborted || over()) return
        await httpLife()
        failures = 0
      } catch {
        if (signal.aborted) return
        d.onLink('lost')
        await d.sleep(retryMs[Math.min(failures++, retryMs.length - 1)] ?? 8000, signal).catch(() => undefined)
      }
    }
  }
  return { close: () => stop.abort(), done: run() }
}
