import type { Router } from 'vue-router'

/** One place of the history and how far each part of its screen was scrolled. */
interface Kept { path: string; tops: [selector: string, top: number][] }

/** Places kept; a longer history forgets the oldest. */
const keepLimit = 50
/** How long a list may take to grow back to where it was. */
const patienceMs = 3000

/**
 * Going back shows a screen where it was left. The window itself never scrolls here, so the
 * router's own memory sees nothing: every scrolled part inside `view` is noted by its first class
 * when the screen is left, and set again as soon as the part is long enough. A touch ends the try.
 */
export function keepScroll(router: Router, view: () => Element | null): void {
  const kept = new Map<number, Kept>()
  const position = () => Number(window.history.state?.position ?? 0)
  let at = position()
  let popped = false

  router.options.history.listen((_to, _from, info) => { popped = info.type === 'pop' })
  router.beforeEach((_to, from) => {
    if (from.meta.video || !from.matched.length) return
    kept.set(at, { path: from.fullPath, tops: readTops(view()) })
    const oldest = kept.keys().next().value
    if (kept.size > keepLimit && oldest !== undefined) kept.delete(oldest)
  })
  router.afterEach((to, _from, failure) => {
    const back = popped && !failure ? kept.get(position()) : undefined
    popped = false
    // A way back that was held up leaves the screen, and its place, as they were.
    if (failure) return
    at = position()
    if (back?.path === to.fullPath && back.tops.length) restore(view, back.tops)
  })
}

export function readTops(view: Element | null): Kept['tops'] {
  return Array.from(view?.querySelectorAll('*') ?? []).flatMap((el) => {
    const name = el.classList[0]
    return el.scrollTop > 0 && name ? [[`.${CSS.escape(name)}`, el.scrollTop] as [string, number]] : []
  })
}

function restore(view: () => Element | null, tops: Kept['tops']): void {
  const until = performance.now() + patienceMs
  const stop = new AbortController()
  for (const kind of ['wheel', 'touchstart', 'keydown']) window.addEventListener(kind, () => stop.abort(), { signal: stop.signal, passive: true })
  let left = tops
  const step = () => {
    if (stop.signal.aborted) return
    left = left.filter(([selector, top]) => {
      const el = view()?.querySelector(selector)
      if (el) el.scrollTop = top
      return !el || el.scrollTop < top - 1
    })
    if (left.length && performance.now() < until) requestAnimationFrame(step)
    else stop.abort()
  }
  requestAnimationFrame(step)
}
