import { onScopeDispose, ref } from 'vue'
import * as live from '@/api/live'

/** Taps are summed and sent once a second: one call carries at most 50 (the server's bound). */
const flushMs = 1000
const perCall = 50

export function useCheers(roomId: string) {
  const mine = ref(0)
  let waiting = 0
  let timer = 0
  function flush() {
    timer = 0
    const count = Math.min(waiting, perCall)
    waiting = 0
    // A lost cheer is not worth a message: the heart was already shown.
    if (count > 0) void live.cheer(roomId, count).catch(() => undefined)
  }
  function cheer() {
    waiting++
    mine.value++
    if (!timer) timer = window.setTimeout(flush, flushMs)
  }
  onScopeDispose(() => {
    window.clearTimeout(timer)
    flush()
  })
  return { mine, cheer }
}
