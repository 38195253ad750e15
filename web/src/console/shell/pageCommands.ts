import { onScopeDispose, shallowReactive } from 'vue'
import type { PaletteRow } from '@/ui/command-palette/palette'

/** What the open page lets one do; the palette lists it before what every page can. */
export type PageCommand = Pick<PaletteRow, 'id' | 'label' | 'icon' | 'run'> & Partial<Pick<PaletteRow, 'note' | 'also' | 'chord'>>

const sources = shallowReactive<(() => PageCommand[])[]>([])

/** Offers commands in the palette for as long as the component lives. A list is read anew each time, so it may depend on state. */
export function usePageCommands(list: () => PageCommand[]): void {
  sources.unshift(list) // what was opened last is what one looks at
  onScopeDispose(() => {
    const i = sources.indexOf(list)
    if (i >= 0) sources.splice(i, 1)
  })
}

export const pageCommands = (): PaletteRow[] => sources.flatMap((list) => list()).map((c) => ({ ...c, kind: 'do' as const }))
