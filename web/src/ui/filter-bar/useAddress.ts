import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** A list's filters live in the address: a reload, a shared link and the way back keep them. */
export function useAddress() {
  const route = useRoute()
  const router = useRouter()
  const read = (key: string) => (typeof route.query[key] === 'string' ? (route.query[key] as string) : '')
  return {
    text: (key: string) => computed(() => read(key).trim()),
    /** One of a closed list; anything else in the address reads as the first. */
    one: <T extends string>(key: string, allowed: readonly T[]) => computed<T>(() => allowed.find((a) => a === read(key)) ?? (allowed[0] as T)),
    /** '' and undefined leave the address. */
    set: (change: Record<string, string | undefined>) => {
      const next: Record<string, string> = {}
      for (const [k, v] of Object.entries({ ...route.query, ...change })) if (typeof v === 'string' && v !== '') next[k] = v
      return router.replace({ query: next })
    },
  }
}
