import { ref, shallowRef } from 'vue'
import type { Page } from '@/api/types'
import { isAbort } from '@/api/client'

/**
 * A list read page by page. Late answers of an older `reload` are dropped, so that a fast
 * change of filter can never show the wrong rows.
 */
export function usePaged<T, P extends Page<T> = Page<T>>(read: (cursor?: string) => Promise<P>) {
  const items = shallowRef<T[]>([])
  const first = shallowRef<P>()
  const next = ref<string>()
  const loading = ref(false)
  const loaded = ref(false)
  const error = shallowRef<unknown>()
  let turn = 0

  async function fetchPage(cursor?: string) {
    const mine = ++turn
    loading.value = true
    error.value = undefined
    try {
      const page = await read(cursor)
      if (mine !== turn) return
      if (cursor === undefined) first.value = page
      items.value = cursor === undefined ? page.items : [...items.value, ...page.items]
      next.value = page.next || undefined
      loaded.value = true
    } catch (err) {
      if (mine === turn && !isAbort(err)) error.value = err
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  const reload = () => fetchPage()
  async function more() {
    if (next.value && !loading.value) await fetchPage(next.value)
  }
  function replace(match: (item: T) => boolean, by: (item: T) => T) {
    items.value = items.value.map((item) => (match(item) ? by(item) : item))
  }
  function remove(match: (item: T) => boolean) {
    items.value = items.value.filter((item) => !match(item))
  }
  function reset() {
    turn++
    items.value = []
    first.value = undefined
    next.value = undefined
    loaded.value = false
    loading.value = false
  }

  return { items, first, next, loading, loaded, error, reload, more, replace, remove, reset }
}
