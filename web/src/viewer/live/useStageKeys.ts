import { useEventListener } from '@vueuse/core'
import type { Picture } from './picture'

const seekS = 5

export interface StageKeys {
  /** False while the room is small or something lies over it. */
  active(): boolean
  isLive: boolean
  clean: { value: boolean }
  neighbour(step: 1 | -1): void
}

/** In a field, a sheet, or on a control that uses the key itself, the key belongs there. */
function busy(e: KeyboardEvent): boolean {
  const el = e.target instanceof Element ? e.target : null
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || !el) return true
  if (el.closest('input, textarea, select, dialog, [contenteditable], .talk__list')) return true
  return e.key === ' ' && el.closest('button, a') !== null
}

/** Keys of a room: ↑ ↓ rooms, ← → seek a replay, space, M sound, C and Escape clear screen. */
export function useStageKeys(k: StageKeys, picture: Picture) {
  useEventListener(document, 'keydown', (e) => {
    if (!k.active() || busy(e)) return
    const act = ({
      ArrowUp: k.isLive ? () => k.neighbour(-1) : undefined,
      ArrowDown: k.isLive ? () => k.neighbour(1) : undefined,
      ArrowLeft: k.isLive ? undefined : () => picture.seek(picture.position.value - seekS),
      ArrowRight: k.isLive ? undefined : () => picture.seek(picture.position.value + seekS),
      ' ': () => picture.toggle(),
      m: () => picture.setMuted(!picture.muted.value),
      c: () => { k.clean.value = !k.clean.value },
      Escape: k.clean.value ? () => { k.clean.value = false } : undefined,
    } as Record<string, (() => void) | undefined>)[e.key.length === 1 ? e.key.toLowerCase() : e.key]
    if (!act) return
    e.preventDefault()
    act()
  })
}
