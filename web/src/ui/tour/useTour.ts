import { ref } from 'vue'
import { useSession } from '@/lib/session'
import { addressOf, stops } from './stops'

// The tour walks through two programs and four people, so where it stands outlives the page.
const AT = 'hawker.tour.at'
const SEEN = 'hawker.tour.seen'

function keep(store: () => Storage, key: string, value?: string) {
  try {
    if (value === undefined) store().removeItem(key)
    else store().setItem(key, value)
  } catch {
    // a browser without storage walks one stop
  }
}
function kept(store: () => Storage, key: string): string | null {
  try {
    return store().getItem(key)
  } catch {
    return null
  }
}
const tab = () => sessionStorage
const machine = () => localStorage

const read = kept(tab, AT)
/** Place in `stops`, -1 while nobody walks. */
const at = ref(read !== null && Number(read) >= 0 && Number(read) < stops.length ? Number(read) : -1)
const moving = ref(false)
const failed = ref<unknown>()

/** Walking the guided tour. */
export function useTour() {
  const session = useSession()

  /** Goes to a stop: becomes who looks at it, and opens its page. */
  async function go(to: number) {
    const stop = stops[to]
    if (!stop) return finish()
    moving.value = true
    failed.value = undefined
    try {
      await session.load()
      if (session.me?.demoRole !== stop.role) await session.signInAs(stop.role)
      const path = await addressOf(stop.id)
      at.value = to
      keep(tab, AT, String(to))
      if (location.pathname !== path) location.assign(path)
      else moving.value = false
    } catch (err) {
      failed.value = err
      moving.value = false
    }
  }

  function finish() {
    at.value = -1
    moving.value = false
    keep(tab, AT)
    keep(machine, SEEN, '1')
  }

  return {
    at,
    moving,
    failed,
    start: () => go(0),
    next: () => go(at.value + 1),
    back: () => go(Math.max(0, at.value - 1)),
    stop: finish,
    /** Offered once on a machine, and not again after no. */
    offered: () => kept(machine, SEEN) === null,
    decline: () => keep(machine, SEEN, '1'),
  }
}
