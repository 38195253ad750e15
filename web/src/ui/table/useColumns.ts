import { computed, ref } from 'vue'
import type { Column } from './types'

/** Which columns are put away, remembered on this machine under the table's name. */
export function useColumns<T>(name: () => string | undefined, columns: () => Column<T>[]) {
  const key = () => `hawker.table.${name() ?? ''}`
  const away = ref(new Set<string>(read(name() ? localStorage.getItem(key()) : null)))
  return {
    shown: computed(() => columns().filter((c) => !c.hideable || !away.value.has(c.id))),
    choices: computed(() => columns().filter((c) => c.hideable).map((c) => ({ id: c.id, label: c.label, on: !away.value.has(c.id) }))),
    toggle(id: string) {
      const next = new Set(away.value)
      if (!next.delete(id)) next.add(id)
      away.value = next
      if (name()) localStorage.setItem(key(), JSON.stringify([...next]))
    },
  }
}

function read(text: string | null): string[] {
  try {
    const got: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(got) ? got.filter((x): x is string => typeof x === 'string') : []
  } catch {
    return [] // another version wrote it; all columns show
  }
}
