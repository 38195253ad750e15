import { computed } from 'vue'
import type { OrderSource, OrderState } from '@/api/types'
import type { Filter } from '@/ui/filter-bar/types'
import { useAddress } from '@/ui/filter-bar/useAddress'
import { useWords } from '../shell/useWords'

export const orderStates: OrderState[] = ['unpaid', 'paid', 'shipped', 'received', 'closed', 'refunded']
const sources = ['', 'live', 'post', 'shop'] as const
const periods = ['', 'today', 'yesterday', 'd7', 'd30'] as const
const DAY_MS = 86_400_000

/** From and to of a period in unix ms; 0 leaves an end open. A day begins at the midnight of this machine. */
export function periodOf(id: (typeof periods)[number], now: number): { fromMs: number; toMs: number } {
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  if (id === 'today') return { fromMs: midnight, toMs: 0 }
  if (id === 'yesterday') return { fromMs: new Date(midnight - 1).setHours(0, 0, 0, 0), toMs: midnight }
  if (id === 'd7') return { fromMs: midnight - 6 * DAY_MS, toMs: 0 }
  if (id === 'd30') return { fromMs: midnight - 29 * DAY_MS, toMs: 0 }
  return { fromMs: 0, toMs: 0 }
}

/** What the address says about the list of orders, as chips and as the question to the server. */
export function useOrderFilters() {
  const { t } = useWords()
  const address = useAddress()
  const asked = address.text('state')
  const state = computed(() => orderStates.find((s) => s === asked.value))
  const query = address.text('q')
  const source = address.one('source', sources)
  const period = address.one('paid', periods)
  return {
    ...address,
    state,
    query,
    opened: address.text('order'),
    bulk: address.text('bulk'),
    narrowed: computed(() => Boolean(query.value || source.value || period.value)),
    filters: computed<Filter[]>(() => [
      { id: 'source', label: t('orders.source'), value: source.value, choices: sources.map((id) => ({ id, label: id ? t(`orders.from.${id}`) : t('orders.any') })) },
      { id: 'paid', label: t('orders.paid'), value: period.value, choices: periods.map((id) => ({ id, label: id ? t(`orders.period.${id}`) : t('orders.any') })) },
    ]),
    asks: () => ({ state: state.value, query: query.value, source: (source.value || undefined) as OrderSource | undefined, ...periodOf(period.value, Date.now()) }),
    /** Changes whenever another list is asked for. */
    key: computed(() => [state.value, query.value, source.value, period.value].join('|')),
    clear: () => address.set({ q: undefined, source: undefined, paid: undefined }),
  }
}
