import { onBeforeUnmount } from 'vue'

/** Two taps within this time are a heart. */
const doubleMs = 280
/** A finger that rests this long asks for the menu. */
const longMs = 480
/** A timer this late says that the page was busy. */
const lateMs = 80
/** Further than this it is a swipe, in px. */
const slack = 10

/** Tells one tap from two, and both from a finger that rests or moves. */
export function useTaps(o: { one: () => void; two: (x: number, y: number) => void; long: () => void }) {
  let first: { at: number; x: number; y: number } | undefined
  let down: { x: number; y: number } | undefined
  let single = 0
  let hold = 0
  const stop = () => {
    window.clearTimeout(hold)
    down = undefined
  }
  // A page that was busy until now may have a move waiting that makes this a swipe: it comes first.
  const rest = (ms: number) => {
    const due = performance.now() + ms
    hold = window.setTimeout(() => {
      if (performance.now() - due > lateMs) return rest(lateMs)
      stop()
      navigator.vibrate?.(10)
      o.long()
    }, ms)
  }
  onBeforeUnmount(() => {
    stop()
    window.clearTimeout(single)
  })
  return {
    pointerdown(e: PointerEvent) {
      if (e.button !== 0) return
      down = { x: e.clientX, y: e.clientY }
      window.clearTimeout(hold)
      rest(longMs)
    },
    pointermove(e: PointerEvent) {
      if (down && Math.hypot(e.clientX - down.x, e.clientY - down.y) > slack) stop()
    },
    pointercancel: stop,
    pointerleave: stop,
    pointerup(e: PointerEvent) {
      if (!down) return
      stop()
      window.clearTimeout(single)
      if (first && e.timeStamp - first.at < doubleMs && Math.hypot(e.clientX - first.x, e.clientY - first.y) < 80) {
        const box = (e.currentTarget as HTMLElement).getBoundingClientRect()
        o.two(e.clientX - box.left, e.clientY - box.top)
      } else {
        single = window.setTimeout(o.one, doubleMs)
      }
      first = { at: e.timeStamp, x: e.clientX, y: e.clientY }
    },
    contextmenu(e: Event) {
      e.preventDefault()
      stop()
      o.long()
    },
  }
}
