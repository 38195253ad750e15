import { useDocumentVisibility, useEventListener, useMediaQuery, useTimeoutFn } from '@vueuse/core'
import { computed, ref, watch, type Ref } from 'vue'

/** The eye rests this long before a picture starts to move. */
const restMs = 900

/** Of the tiles in view, the one whose middle is nearest to the middle of the view. */
export function nearestTile(tiles: readonly { id: string; top: number; bottom: number }[], height: number): string | undefined {
  const middle = (t: { top: number; bottom: number }) => Math.abs((t.top + t.bottom) / 2 - height / 2)
  return tiles.filter((t) => t.bottom > 0 && t.top < height).sort((a, b) => middle(a) - middle(b))[0]?.id
}

/** The room whose tile may play a muted preview; none while scrolling, hidden, or on spared data. */
export function useCentredTile(root: Ref<HTMLElement | null>, allowed: () => boolean) {
  const id = ref<string>()
  const calm = useMediaQuery('(prefers-reduced-motion: reduce)')
  const page = useDocumentVisibility()
  const spared = (navigator as Navigator & { connection?: { saveData?: boolean } }).connection?.saveData ?? false
  const may = computed(() => allowed() && !calm.value && page.value === 'visible' && !spared)

  const { start, stop } = useTimeoutFn(() => {
    const tiles = [...(root.value?.querySelectorAll<HTMLElement>('[data-room]') ?? [])].map((el) => {
      const { top, bottom } = el.getBoundingClientRect()
      return { id: el.dataset.room ?? '', top, bottom }
    })
    id.value = nearestTile(tiles, window.innerHeight)
  }, restMs, { immediate: false })
  function look() {
    stop()
    if (may.value) start()
    else id.value = undefined
  }
  useEventListener(root, 'scroll', look, { passive: true })
  watch(may, look, { immediate: true })
  return { id, look }
}
