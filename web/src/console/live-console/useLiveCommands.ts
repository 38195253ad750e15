import { useKeys } from '@/lib/useKeys'
import { usePageCommands } from '../shell/pageCommands'
import { useWords } from '../shell/useWords'
import { tools, type ToolId } from './tools'

interface Acts {
  pause(): void
  edit(first: 'price' | 'stock'): void
  top(): void
  viewer(): void
  keys(): void
  replies(): void
  undo(): void
  tool(id: ToolId): void
}

/** The room's single keys, and the same acts by name in the palette. */
export function useLiveCommands(acts: Acts, onAir: () => boolean): void {
  const { t } = useWords()
  const named = [
    ...tools.map((tool) => ({ id: `tool-${tool.id}`, label: () => t(`tool.${tool.id}`), icon: tool.icon, chord: tool.key, run: () => acts.tool(tool.id) })),
    { id: 'replies', label: () => t('reply.edit'), icon: 'edit', chord: 'Alt+5', run: acts.replies },
    { id: 'pause', label: () => t('keys.do.pause'), icon: 'play', chord: 'Space', run: acts.pause, air: true },
    { id: 'price', label: () => t('keys.do.price'), icon: 'yen', chord: 'P', run: () => acts.edit('price') },
    { id: 'stock', label: () => t('keys.do.stock'), icon: 'bag', chord: 'S', run: () => acts.edit('stock') },
    { id: 'top', label: () => t('keys.do.top'), icon: 'chevron-up', chord: 'T', run: acts.top },
    { id: 'undo', label: () => t('keys.do.undo'), icon: 'history', chord: 'Z', run: acts.undo },
    { id: 'viewer', label: () => t('keys.do.viewer'), icon: 'eye', chord: 'V', run: acts.viewer },
    { id: 'keys', label: () => t('keys.title'), icon: 'keyboard', chord: '?', run: acts.keys },
  ]
  useKeys({ ...Object.fromEntries(named.map((c) => [c.chord, c.run])), H: () => acts.tool('stream') })
  usePageCommands(() => named.filter((c) => !('air' in c) || onAir()).map((c) => ({ id: `live-${c.id}`, label: c.label(), note: t('palette.here'), also: c.id, icon: c.icon, chord: c.chord, run: c.run })))
}
