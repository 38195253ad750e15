import { useEventListener, useWindowSize } from '@vueuse/core'
import { computed, nextTick, ref, watch, type Ref } from 'vue'
import { clamp, restPlace, snap, type Box, type Place } from './place'

/** A press that travels less is a tap on what lies inside the window. */
const dragFromPx = 6
const keyStepPx = 24

/** Owns the place of one small window: dragged, moved by keys, kept off what must stay free. */
export function useFloating(root: Ref<HTMLElement | null>, floating: () => boolean, keepClear: () => string | undefined) {
  const { width, height } = useWindowSize()
  const at = ref<Place>()
  const dragging = ref(false)
  const view = () => ({ width: width.value, height: height.value })
  const size = () => ({ width: root.value?.offsetWidth ?? 0, height: root.value?.offsetHeight ?? 0 })

  function obstacles(): Box[] {
    const what = keepClear()
    if (!what) return []
    return [...document.querySelectorAll<HTMLElement>(what)]
      .filter((el) => !root.value?.contains(el))
      .map((el) => el.getBoundingClientRect())
      .filter((r) => r.width > 0 && r.bottom > 0 && r.top < height.value)
      .map((r) => ({ x: r.left, y: r.top, width: r.width, height: r.height }))
  }
  /** Looks for a free place again: the page below changed. */
  function settle() {
    if (!floating() || dragging.value) return
    at.value = restPlace(at.value ?? { x: width.value, y: height.value }, size(), view(), obstacles())
  }
  watch(floating, async (on) => {
    if (!on) return
    await nextTick()
    settle()
  }, { immediate: true, flush: 'post' })
  watch([width, height], settle)

  let from: { x: number; y: number; place: Place; id: number } | undefined
  function onPointerdown(e: PointerEvent) {
    if (!floating() || e.button !== 0 || !at.value) return
    from = { x: e.clientX, y: e.clientY, place: at.value, id: e.pointerId }
  }
  useEventListener(window, 'pointermove', (e) => {
    if (!from || e.pointerId !== from.id) return
    const dx = e.clientX - from.x
    const dy = e.clientY - from.y
    if (!dragging.value && Math.hypot(dx, dy) < dragFromPx) return
    dragging.value = true
    at.value = clamp({ x: from.place.x + dx, y: from.place.y + dy }, size(), view())
  })
  useEventListener(window, ['pointerup', 'pointercancel'], () => {
    from = undefined
    if (!dragging.value) return
    // The click that ends a drag is not a tap on a button inside.
    const swallow = (e: Event) => { e.stopPropagation(); e.preventDefault() }
    root.value?.addEventListener('click', swallow, { capture: true, once: true })
    setTimeout(() => root.value?.removeEventListener('click', swallow, { capture: true }), 0)
    dragging.value = false
    settle()
  })

  function onKeydown(e: KeyboardEvent) {
    if (!floating() || !at.value) return
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key]
    if (!step) return
    e.preventDefault()
    e.stopPropagation()
    const [dx = 0, dy = 0] = step
    // Sideways there are only two places to rest.
    const to = dx ? { x: dx * width.value, y: at.value.y } : { x: at.value.x, y: at.value.y + dy * keyStepPx }
    at.value = snap(clamp(to, size(), view()), size(), view())
  }

  const style = computed(() => (floating() && at.value ? { transform: `translate(${at.value.x}px, ${at.value.y}px)` } : undefined))
  return { at, style, dragging, settle, onPointerdown, onKeydown }
}
