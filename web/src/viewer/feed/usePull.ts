import { useEventListener } from '@vueuse/core'
import { ref, type Ref } from 'vue'

/** Pulled this far, letting go reads again, in px. */
const enough = 72
/** A pull follows the finger at half its pace and stops here. */
const most = 110

/** Pulling down at the top of a list reads it again. */
export function usePull(el: Readonly<Ref<HTMLElement | null>>, refresh: () => Promise<void>) {
  const pulled = ref(0)
  const busy = ref(false)
  let from: number | undefined

  useEventListener(el, 'touchstart', (e: TouchEvent) => {
    from = el.value && el.value.scrollTop <= 0 && e.touches.length === 1 ? e.touches[0]?.clientY : undefined
  }, { passive: true })
  useEventListener(el, 'touchmove', (e: TouchEvent) => {
    if (from === undefined || busy.value) return
    if ((el.value?.scrollTop ?? 0) > 0) from = undefined
    pulled.value = from === undefined ? 0 : Math.max(0, Math.min(most, ((e.touches[0]?.clientY ?? from) - from) / 2))
  }, { passive: true })
  useEventListener(el, ['touchend', 'touchcancel'], async () => {
    from = undefined
    if (pulled.value < enough || busy.value) {
      if (!busy.value) pulled.value = 0
      return
    }
    busy.value = true
    pulled.value = enough
    try {
      await refresh()
    } finally {
      busy.value = false
      pulled.value = 0
    }
  }, { passive: true })
  return { pulled, busy, ready: () => pulled.value >= enough }
}
