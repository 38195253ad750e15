import { ref, shallowRef } from 'vue'
import { isAbort } from '@/api/client'

/** One thing read from the server: data, loading, error, reload. The newest call wins. */
export function useResource<T>(read: () => Promise<T>) {
  const data = shallowRef<T>()
  const error = shallowRef<unknown>()
  const loading = ref(false)
  let turn = 0

  async function reload(): Promise<void> {
    const mine = ++turn
    loading.value = true
    error.value = undefined
    try {
      const got = await read()
      if (mine === turn) data.value = got
    } catch (err) {
      if (mine === turn && !isAbort(err)) error.value = err
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  return { data, error, loading, reload }
}
