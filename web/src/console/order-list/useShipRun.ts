import { computed, ref, shallowRef } from 'vue'
import { isApiError, newKey } from '@/api/client'
import { shipBatch } from '@/api/shop'
import { batches } from './waybills'

export interface ShipRow {
  orderId: string
  number: string
  carrier: string
  trackingNo: string
  state: 'waiting' | 'busy' | 'done' | 'failed' | 'skipped'
  code?: string
}

/** Small enough that pause answers within a breath, large enough that a night's parcels take seconds. */
const SHIP_AT_ONCE = 50
/** What the server refuses because the buyer wants the money back: nothing to mend, so not a failure. */
const SKIP = new Set(['refund_open', 'refund_asked'])

/** One batch of parcels on its way to the server: counts, pause, failed again. */
export function makeShipRun(shopId: string) {
  const rows = shallowRef<ShipRow[]>([])
  const running = ref(false)
  const paused = ref(false)
  const finished = ref(false)
  const perS = ref(0)

  const count = (state: ShipRow['state']) => rows.value.filter((r) => r.state === state).length
  const mark = (ids: Set<string>, change: (r: ShipRow) => Partial<ShipRow>) => {
    rows.value = rows.value.map((r) => (ids.has(r.orderId) ? { ...r, ...change(r) } : r))
  }

  async function go() {
    if (running.value) return
    running.value = true
    finished.value = false
    for (const part of batches(rows.value.filter((r) => r.state === 'waiting'), SHIP_AT_ONCE)) {
      if (paused.value) break
      const ids = new Set(part.map((r) => r.orderId))
      const began = performance.now()
      mark(ids, () => ({ state: 'busy' }))
      try {
        const { results } = await shipBatch(shopId, part.map(({ orderId, carrier, trackingNo }) => ({ orderId, carrier, trackingNo })), newKey())
        const byId = new Map(results.map((r) => [r.orderId, r]))
        mark(ids, (r) => {
          const got = byId.get(r.orderId)
          if (got?.ok) return { state: 'done', code: undefined }
          return { state: got?.code && SKIP.has(got.code) ? 'skipped' : 'failed', code: got?.code }
        })
      } catch (e) {
        mark(ids, () => ({ state: 'failed', code: isApiError(e) ? e.code : undefined }))
      }
      perS.value = part.length / Math.max(0.05, (performance.now() - began) / 1000)
    }
    running.value = false
    finished.value = !paused.value
  }

  return {
    rows,
    running,
    paused,
    finished,
    /** Rows a second in the last part; 0 before the first came back. */
    perS,
    counts: computed(() => ({ all: rows.value.length, done: count('done'), failed: count('failed'), skipped: count('skipped'), waiting: count('waiting') + count('busy') })),
    byOrder: computed(() => {
      let queue = 0
      return new Map(rows.value.map((r) => [r.orderId, { ...r, place: r.state === 'waiting' ? ++queue : 0 }]))
    }),
    start(next: Omit<ShipRow, 'state'>[]) {
      rows.value = next.map((r) => ({ ...r, state: 'waiting' }))
      paused.value = false
      void go()
    },
    pause: () => (paused.value = true),
    resume() {
      paused.value = false
      void go()
    },
    again() {
      rows.value = rows.value.map((r) => (r.state === 'failed' ? { ...r, state: 'waiting', code: undefined } : r))
      paused.value = false
      void go()
    },
    close: () => (rows.value = []),
  }
}

export type ShipRun = ReturnType<typeof makeShipRun>
const runs = new Map<string, ShipRun>()

/** The shop's run outlives the page: who looks at another page of the desk comes back to the same progress. */
export function useShipRun(shopId: string): ShipRun {
  const run = runs.get(shopId) ?? makeShipRun(shopId)
  runs.set(shopId, run)
  return run
}

/** Closing the window would leave the rest of the batch unsent; the browser asks before that. */
window.addEventListener('beforeunload', (e) => {
  if ([...runs.values()].some((r) => r.running.value)) e.preventDefault()
})
