import { onScopeDispose, ref } from 'vue'

/** Three breaths between pressing and being seen: long enough to look up, and to take it back. */
export const COUNT_FROM = 3
const BEAT_MS = 1000

/** Counts 3, 2, 1 and then runs `done` once; `stop` before that runs nothing. */
export function useCount(done: () => void) {
  const left = ref(0)
  let timer: ReturnType<typeof setInterval> | undefined
  function stop() {
    clearInterval(timer)
    timer = undefined
    left.value = 0
  }
  function start() {
    if (timer) return
    left.value = COUNT_FROM
    timer = setInterval(() => {
      left.value--
      if (left.value > 0) return
      stop()
      done()
    }, BEAT_MS)
  }
  onScopeDispose(stop)
  return { left, start, stop }
}
