import { ref } from 'vue'

/** A call that takes longer is said to be slow; a shorter one needs no words. */
export const slowMs = 4000

/** True while at least one call of the screen has been waiting for longer than `slowMs`. */
export const slow = ref(false)
let late = 0

/** Notes that a call began; returns what to call when it ended, however it ended. */
export function noteCall(): () => void {
  let counted = false
  const timer = setTimeout(() => {
    counted = true
    slow.value = ++late > 0
  }, slowMs)
  return () => {
    clearTimeout(timer)
    if (counted) slow.value = --late > 0
    counted = false
  }
}
