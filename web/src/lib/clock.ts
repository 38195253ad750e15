import { useIntervalFn } from '@vueuse/core'
import { readonly, ref, type Ref } from 'vue'

// The server's clock as seen from here. Countdowns and tick pacing read it, because a
// phone's own clock may be minutes off.

let offsetMs = 0
/** Round trip of the best sample so far; a slower sample knows less and is ignored. */
let bestRttMs = Infinity

export const serverNow = () => Date.now() + offsetMs

/** Takes one sample: the server said `at` somewhere between `sent` and `received` (local ms). */
export function noteServerTime(at: number, sent: number, received: number): void {
  const rtt = Math.max(0, received - sent)
  if (rtt > bestRttMs) return
  bestRttMs = rtt
  offsetMs = at - (sent + received) / 2
}

/** The server's time, renewed every 250 ms while the component lives. */
export function useServerNow(): Readonly<Ref<number>> {
  const now = ref(serverNow())
  useIntervalFn(() => { now.value = serverNow() }, 250)
  return readonly(now)
}
