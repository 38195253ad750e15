import type { Router } from 'vue-router'

/**
 * Back closes what lies on top first: a sheet, then the screen. Only the way back is held up;
 * a link inside a sheet still leads on. (Where the browser has its own close gesture for
 * dialogs, it comes before this.)
 */
export function sheetsCloseFirst(router: Router): void {
  let popped = false
  router.options.history.listen((_to, _from, info) => { popped = info.type === 'pop' })
  router.beforeEach(() => {
    const back = popped
    popped = false
    if (!back) return true
    const open = Array.from(document.querySelectorAll<HTMLDialogElement>('dialog[open]')).at(-1)
    open?.close()
    return open === undefined
  })
}
