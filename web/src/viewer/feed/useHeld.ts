import { onScopeDispose, reactive, watch, type Ref } from 'vue'

/** A swipe rests for this long before slides are made for the next one. */
const restMs = 160
/** Making and clearing away are two tasks: together they would hold up a slow phone's frame. */
const clearMs = 120

/**
 * The slides that exist: `around` on both sides of the active one. It follows the active one when the finger
 * rests, so that a swipe itself makes nothing; only somebody who swipes faster than that is followed at once.
 */
export function useHeld(active: Ref<number>, around: number) {
  const held = reactive({ from: active.value - around, to: active.value + around })
  let timer = 0
  function clear() {
    held.from = active.value - around
    held.to = active.value + around
  }
  function make() {
    held.from = Math.min(held.from, active.value - around)
    held.to = Math.max(held.to, active.value + around)
    timer = window.setTimeout(clear, clearMs)
  }
  watch(active, (now) => {
    window.clearTimeout(timer)
    // The neighbour is there already; the one after it must be before the next swipe ends.
    if (now - 1 < held.from || now + 1 > held.to) clear()
    else timer = window.setTimeout(make, restMs)
  }, { flush: 'sync' })
  onScopeDispose(() => window.clearTimeout(timer))
  return held
}
