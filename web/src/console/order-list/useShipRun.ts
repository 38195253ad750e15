import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { newKey } from '@/api/client'
import { isApiError } from '@/api/client'
import { shipBatch } from '@/api/shop'
import { batches } from './waybills'

export interface ShipRow {
  orderId: string
  number: string
  carrier: string
  trackingNo: string
  state: 'waiting' | 'busy' | 'done' | 'failed'
  code?: string
}

/** Small enough that pause answers within a breath, large enough that a night's parcels take seconds. */
const SHIP_AT_ONCE = 50

/** One batch of parcels on its way to the server: counts, pause, failed again. */
export function useShipRun(shopId: string) {
  const rows = shallowRef<ShipRow[]>([])
  const running = ref(false)
  const paused = ref(false)
  const finished = ref(false)
  const startedAt = ref(0)
  let gone = false

  const count = (state: ShipRow['state']) => rows.value.filter((r) => r.state === state).length
  const mark = (ids: Set<string>, change: (r: ShipRow) => Partial<ShipRow>) => {
    rows.value = rows.value.map((r) => (ids.has(r.orderId) ? { ...r, ...change(r) } : r))
  }

  async function go() {
    if (running.value) return
    running.value = true
    finished.value = false
    startedAt.value = Date.now()
    for (const part of batches(rows.value.filter((r) => r.state === 'waiting'), SHIP_AT_ONCE)) {
      if (paused.value || gone) break
      const ids = new Set(part.map((r) => r.orderId))
      mark(ids, () => ({ state: 'busy' }))
      try {
        const { results } = await shipBatch(shopId, part.map(({ orderId, carrier, trackingNo }) => ({ orderId, carrier, trackingNo })), newKey())
        const byId = new Map(results.map((r) => [r.orderId, r]))
        mark(ids, (r) => (byId.get(r.orderId)?.ok ? { state: 'done', code: undefined } : { state: 'failed', code: byId.get(r.orderId)?.code }))
      } catch (e) {
        mark(ids, () => ({ state: 'failed', code: isApiError(e) ? e.code : undefined }))
      }
    }
    running.value = false
    finished.value = !paused.value
  }
  onScopeDispose(() => {
    gone = true
  })

  return {
    rows,
    running,
    paused,
    finished,
    startedAt,
    counts: computed(() => ({ all: rows.value.length, done: count('done'), failed: count('failed'), waiting: count('waiting') + count('busy') })),
    byOrder: computed(() => new Map(rows.value.map((r) => [r.orderId, r]))),
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
