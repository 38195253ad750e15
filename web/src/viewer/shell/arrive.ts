import { watch } from 'vue'
import type { RouteLocationNormalized, Router } from 'vue-router'
import { i18n } from '@/lib/i18n'

/** How long a screen may take to show its heading before it is named without one. */
const headingMs = 5000

/**
 * What a page load would do and a single-page app forgets: each screen has its title, and the
 * keyboard and the screen reader start at its heading, not at a button that is gone.
 */
export function announceScreens(router: Router, view: () => HTMLElement | null): void {
  const { t } = i18n.global
  let stop: (() => void) | undefined
  const name = (to: RouteLocationNormalized, heading?: string) => {
    const own = to.meta.title ? t(to.meta.title) : heading?.trim()
    document.title = own ? `${own} · ${t('common.appName')}` : t('common.appName')
  }

  router.afterEach((to, from, failure) => {
    if (failure) return
    stop?.()
    name(to)
    if (to.path === from.path && from.matched.length) return
    stop = whenHeading(view, (h1) => {
      name(to, h1.textContent ?? '')
      if (from.matched.length) focusHeading(h1)
    })
  })
  watch(i18n.global.locale, () => name(router.currentRoute.value, view()?.querySelector('h1')?.textContent ?? undefined))
}

/** Not while a sheet is open or somebody already types: both are more than an arrival. */
function focusHeading(h1: HTMLElement): void {
  if (document.querySelector('dialog[open]') || document.activeElement?.matches('input, textarea, select, [contenteditable]')) return
  h1.tabIndex = -1
  h1.focus({ preventScroll: true })
}

/** Calls back once the new screen's h1 is there; screens of video have none and are left alone. */
function whenHeading(view: () => HTMLElement | null, found: (h1: HTMLElement) => void): () => void {
  let timer = 0
  const until = performance.now() + headingMs
  const look = () => {
    const h1 = view()?.querySelector<HTMLElement>('h1')
    if (h1) found(h1)
    else if (performance.now() < until) timer = window.setTimeout(look, 100)
  }
  // The old screen is still in the page until the next frame.
  timer = window.setTimeout(look, 30)
  return () => window.clearTimeout(timer)
}
