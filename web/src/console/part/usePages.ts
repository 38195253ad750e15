import { computed, ref, shallowRef } from 'vue'

export interface PageOf<T> {
  items: T[]
  next?: string
}

/** Pages of a cursor list. Cursors only lead forward, so the way back is remembered. */
export function usePages<T extends { id: string }, P extends PageOf<T> = PageOf<T>>(read: (cursor: string | undefined) => Promise<P>) {
  const page = shallowRef<P>()
  const error = shallowRef<unknown>()
  const loading = ref(false)
  const trail = ref<(string | undefined)[]>([undefined])
  let turn = 0

  async function load() {
    const mine = ++turn
    loading.value = true
    try {
      const got = await read(trail.value.at(-1))
      if (mine !== turn) return
      page.value = got
      error.value = undefined
    } catch (e) {
      if (mine === turn) error.value = e
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  return {
    page,
    error,
    loading,
    items: computed(() => page.value?.items ?? []),
    number: computed(() => trail.value.length),
    hasNext: computed(() => Boolean(page.value?.next)),
    hasPrev: computed(() => trail.value.length > 1),
    /** From the first page, for a new filter. */
    restart: () => {
      trail.value = [undefined]
      return load()
    },
    reload: load,
    next: () => {
      if (!page.value?.next) return Promise.resolve()
      trail.value = [...trail.value, page.value.next]
      return load()
    },
    prev: () => {
      if (trail.value.length < 2) return Promise.resolve()
      trail.value = trail.value.slice(0, -1)
      return load()
    },
    /** Puts a changed row in place without a read. */
    replace: (item: T) => {
      if (page.value) page.value = { ...page.value, items: page.value.items.map((x) => (x.id === item.id ? item : x)) }
    },
    remove: (id: string) => {
      if (page.value) page.value = { ...page.value, items: page.value.items.filter((x) => x.id !== id) }
    },
  }
}
