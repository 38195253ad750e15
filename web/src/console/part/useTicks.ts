import { computed, ref } from 'vue'

/** Ticked rows of a list, kept over pages until they are cleared. */
export function useTicks(visible: () => string[]) {
  const ticked = ref(new Set<string>())
  const change = (act: (s: Set<string>) => void) => {
    const next = new Set(ticked.value)
    act(next)
    ticked.value = next
  }
  const all = computed(() => visible().length > 0 && visible().every((id) => ticked.value.has(id)))
  return {
    set: computed<ReadonlySet<string>>(() => ticked.value),
    ids: computed(() => [...ticked.value]),
    count: computed(() => ticked.value.size),
    all,
    some: computed(() => !all.value && visible().some((id) => ticked.value.has(id))),
    has: (id: string) => ticked.value.has(id),
    toggle: (id: string) => change((s) => (s.has(id) ? s.delete(id) : s.add(id))),
    toggleAll: () => {
      const on = !all.value
      change((s) => visible().forEach((id) => (on ? s.add(id) : s.delete(id))))
    },
    drop: (id: string) => change((s) => s.delete(id)),
    clear: () => (ticked.value = new Set()),
  }
}
