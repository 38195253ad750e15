import type { ModeratedComment, RoomComment } from '@/api/types'

/** The host's talk: every line, with what was done about it. */
export interface TalkLine extends RoomComment {
  removed: boolean
  muted: boolean
}

/** Lines kept in memory; a three-hour room says more, the older ones stay on the server. */
export const TALK_LINES = 400

/** Puts new lines in by time and id; what is known about a line (removed, muted) is never lost to a plain copy of it. */
export function mergeTalk(lines: TalkLine[], fresh: (RoomComment | ModeratedComment)[]): TalkLine[] {
  if (fresh.length === 0) return lines
  const byId = new Map(lines.map((l) => [l.id, l]))
  let changed = false
  for (const c of fresh) {
    const old = byId.get(c.id)
    const next: TalkLine = { ...old, ...c, removed: 'removed' in c ? c.removed : (old?.removed ?? false), muted: 'muted' in c ? c.muted : (old?.muted ?? false) }
    if (old && old.removed === next.removed && old.muted === next.muted && old.n === next.n) continue
    byId.set(c.id, next)
    changed = true
  }
  if (!changed) return lines
  return [...byId.values()].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).slice(-TALK_LINES)
}

export function markMuted(lines: TalkLine[], userId: string, muted: boolean): TalkLine[] {
  return lines.map((l) => (l.u === userId && l.muted !== muted ? { ...l, muted } : l))
}

export function markRemoved(lines: TalkLine[], id: string): TalkLine[] {
  return lines.map((l) => (l.id === id ? { ...l, removed: true } : l))
}

export type TalkTab = 'all' | 'asks' | 'orders'

export const inTab = (line: TalkLine, tab: TalkTab): boolean => tab === 'all' || (tab === 'asks' && line.ask === true && !line.removed)
