import type { IconName } from '@/ui/icons/shapes'

export type ToolId = 'sold' | 'notice' | 'stream' | 'rundown'

/** What can be done beside the picture; only tools that exist. */
export const tools: { id: ToolId; icon: IconName; key: string }[] = [
  { id: 'sold', icon: 'ranking', key: 'Alt+1' },
  { id: 'notice', icon: 'pin', key: 'Alt+2' },
  { id: 'rundown', icon: 'history', key: 'Alt+3' },
  { id: 'stream', icon: 'cast', key: 'Alt+4' },
]
