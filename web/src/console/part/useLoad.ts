import { onScopeDispose, ref, watch } from 'vue'
import { useResource } from '@/lib/resource'

/** One read for one region of a screen, at once and then every `everyMs`; old data and its time stay when a later read fails. */
export function useLoad<T>(read: () => Promise<T>, options: { everyMs?: number; wait?: boolean } = {}) {
  const { data, error, loading, reload } = useResource(read)
  const at = ref(0)
  watch(data, () => (at.value = Date.now()))
  if (!options.wait) void reload()
  if (options.everyMs) {
    const timer = setInterval(() => {
      if (!document.hidden && navigator.onLine) void reload()
    }, options.everyMs)
    onScopeDispose(() => clearInterval(timer))
  }
  return { data, error, loading, at, reload }
}
