import { computed, ref, shallowRef } from 'vue'
import { lastShipRun, shipRun, startShipRun, steerShipRun } from '@/api/shop'
import { serverNow } from '@/lib/clock'
import type { ShipRun as Run, ShipRunLine } from '@/api/types'

export interface ShipRow {
  orderId: string
  number: string
  carrier: string
  trackingNo: string
  state: 'waiting' | 'busy' | 'done' | 'failed' | 'skipped'
  code?: string
}

/** Progress is read this often; after a read that failed, a little later. */
const POLL_MS = 1000
const AGAIN_MS = 4000
/** A finished sheet is news for a day. */
const NEWS_MS = 24 * 3_600_000
/** What the server refuses because the buyer wants the money back: nothing to mend, so not a failure. */
const SKIP = new Set(['refund_open', 'refund_asked'])

function rowState(line: ShipRunLine, next: boolean): ShipRow['state'] {
  if (line.state === 'shipped') return 'done'
  if (line.state === 'refused') return line.code && SKIP.has(line.code) ? 'skipped' : 'failed'
  return next ? 'busy' : 'waiting'
}

/** The shop's sheet of parcels. The server ships it; this follows how far it is and hands commands over. */
export function makeShipRun(shopId: string) {
  const run = shallowRef<Run>()
  const perS = ref(0)
  /** The last read of the progress failed: what is shown is older than it looks. */
  const lost = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let seen = { handled: 0, at: 0 }

  const running = computed(() => run.value?.state === 'running')
  const rows = computed<ShipRow[]>(() => {
    const lines = run.value?.lines ?? []
    const first = running.value ? lines.findIndex((l) => l.state === 'waiting') : -1
    return lines.map((l, i) => ({ orderId: l.orderId, number: l.number ?? '', carrier: l.carrier, trackingNo: l.trackingNo, state: rowState(l, i === first), code: l.code }))
  })
  const count = (state: ShipRow['state']) => rows.value.filter((r) => r.state === state).length

  function take(next: Run) {
    const handled = next.lines.filter((l) => l.state !== 'waiting').length
    const at = performance.now()
    if (next.id === run.value?.id && handled > seen.handled) perS.value = (handled - seen.handled) / Math.max(0.05, (at - seen.at) / 1000)
    else if (next.id !== run.value?.id) perS.value = 0
    seen = { handled, at }
    run.value = next
    lost.value = false
    clearTimeout(timer)
    if (next.state === 'running') timer = setTimeout(() => void follow(), POLL_MS)
  }
  async function follow() {
    const id = run.value?.id
    if (!id) return
    try {
      const next = await shipRun(id)
      if (run.value?.id === id) take(next)
    } catch {
      lost.value = true // the server goes on; the next read tells how far
      timer = setTimeout(() => void follow(), AGAIN_MS)
    }
  }
  const steer = async (what: Parameters<typeof steerShipRun>[1]) => {
    if (run.value) take(await steerShipRun(run.value.id, what))
  }

  return {
    rows,
    running,
    lost,
    paused: computed(() => run.value?.state === 'paused'),
    finished: computed(() => run.value?.state === 'done'),
    /** Rows a second between the last two reads; 0 before there were two. */
    perS,
    counts: computed(() => ({ all: rows.value.length, done: count('done'), failed: count('failed'), skipped: count('skipped'), waiting: count('waiting') + count('busy') })),
    byOrder: computed(() => {
      let queue = 0
      return new Map(rows.value.map((r) => [r.orderId, { ...r, place: r.state === 'waiting' ? ++queue : 0 }]))
    }),
    /** Finds the sheet this shop has under way, or the one that ended today unless it was put away. */
    async find() {
      const { run: last } = await lastShipRun(shopId)
      const news = last?.state !== 'done' || (last.id !== putAway(shopId) && serverNow() - (last.endedAt ?? 0) < NEWS_MS)
      if (last && news) take(last)
    },
    /** Hands a sheet over; the key makes a second try of the same sheet the same sheet. */
    start: async (items: { orderId: string; carrier: string; trackingNo: string }[], key: string) =>
      take(await startShipRun(shopId, items.map(({ orderId, carrier, trackingNo }) => ({ orderId, carrier, trackingNo })), key)),
    pause: () => steer('pause'),
    resume: () => steer('resume'),
    stop: () => steer('stop'),
    again: () => steer('again'),
    close() {
      if (run.value) putAway(shopId, run.value.id)
      clearTimeout(timer)
      run.value = undefined
    },
  }
}

/** The finished sheet somebody closed on this machine does not come back. */
function putAway(shopId: string, runId?: string): string {
  const name = `hawker.console.ship-run.${shopId}`
  try {
    if (runId) localStorage.setItem(name, runId)
    return localStorage.getItem(name) ?? ''
  } catch {
    return '' // it shows once more with the next visit, nothing else
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
