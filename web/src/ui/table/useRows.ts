import { computed, ref, watch, type Ref } from 'vue'
import type { Column, Order } from './types'

/** The order of rows and the row the keyboard stands on. Sorting moves the rows of this page only: pages come from the server. */
export function useRows<T extends { id: string }>(rows: () => T[], columns: () => Column<T>[]) {
  const order = ref<Order>()
  const at = ref(0)
  const sorted = computed(() => {
    const by = columns().find((c) => c.id === order.value?.id)?.sort
    if (!by) return rows()
    const way = order.value?.down ? -1 : 1
    return [...rows()].sort((a, b) => compare(by(a), by(b)) * way)
  })
  watch(() => rows().map((r) => r.id).join(), () => (at.value = Math.max(0, Math.min(at.value, rows().length - 1))))

  return {
    sorted,
    order,
    at: at as Ref<number>,
    current: computed(() => sorted.value[at.value]),
    /** Down first (people look for the most), then up, then as the server sent it. */
    turn(id: string) {
      if (order.value?.id !== id) order.value = { id, down: true }
      else order.value = order.value.down ? { id, down: false } : undefined
    },
    move(by: number) {
      at.value = Math.max(0, Math.min(sorted.value.length - 1, at.value + by))
    },
  }
}

function compare(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true })
}
