import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import { shopSummary } from '@/api/shop'
import type { ShopSummary } from '@/api/types'
import { useSession } from './useSession'

/** Work waiting, shown at the end of menu entries. Read once a minute; a page that changes it asks again. */
const EVERY_MS = 60_000
const summary = shallowRef<ShopSummary>()
let shopOf = ''
let timer: ReturnType<typeof setInterval> | undefined

async function read() {
  if (!shopOf || document.hidden) return
  const asked = shopOf
  try {
    const got = await shopSummary(asked)
    if (asked === shopOf) summary.value = got
  } catch {
    return // counts are a hint: the old ones stay, and the pages report their own failures
  }
}

export const refreshCounts = (): Promise<void> => read()

export function useCounts(): ComputedRef<Record<string, number>> {
  const { shop } = useSession()
  watch(
    () => shop.value?.id ?? '',
    (id) => {
      shopOf = id
      summary.value = undefined
      void read()
    },
    { immediate: true },
  )
  timer ??= setInterval(() => void read(), EVERY_MS)
  return computed(() => ({
    orders: summary.value?.toShip ?? 0,
    refunds: summary.value?.refundsAsked ?? 0,
    products: summary.value?.lowStock ?? 0,
  }))
}
