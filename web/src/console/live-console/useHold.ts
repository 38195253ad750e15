import { onScopeDispose, ref, type Ref } from 'vue'

/** Holding this long ends the session: long enough that a slip never does it (design notes, Danger). */
export const HOLD_MS = 1500
const STEP_MS = 50

export interface Hold {
  /** 0 to 1: how much of the ring is drawn. */
  progress: Ref<number>
  holding: Ref<boolean>
  press: () => void
  release: () => void
}

/** A press that must last: `done` runs once when it has lasted `ms`, never when it is released earlier. */
export function useHold(done: () => void, ms: number = HOLD_MS, now: () => number = () => performance.now()): Hold {
  const progress = ref(0)
  const holding = ref(false)
  let since = 0
  let timer: ReturnType<typeof setInterval> | undefined

  function stop() {
    clearInterval(timer)
    timer = undefined
    holding.value = false
    progress.value = 0
  }

  function press() {
    if (holding.value) return // keydown repeats while the key is down
    holding.value = true
    since = now()
    timer = setInterval(() => {
      progress.value = Math.min(1, (now() - since) / ms)
      if (progress.value < 1) return
      stop()
      done()
    }, STEP_MS)
  }

  onScopeDispose(stop)
  return { progress, holding, press, release: stop }
}
