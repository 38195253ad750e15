import { useLocalStorage } from '@vueuse/core'
import type { MenuGroup } from './menu'

/** What the person folded (false) or opened (true) by hand; everything else follows the room there is. */
const chosen = useLocalStorage<Record<string, boolean>>('hawker.console.groups', {})

/** The tightest a row and a group's name stand in the menu (px), with the list's own edge. */
const ROW = 26
const NAME = 26
const EDGE = 16
/** Folded in this order when the window is low: what is opened least goes first. */
const LEAST_USED = ['content', 'live', 'shop', 'operator']

/**
 * The groups that stand open in a list of `height` px. A choice made by hand holds; the group of the page one is
 * on is never folded for want of room. Height 0 means "not measured yet": nothing folds.
 */
export function openGroups(groups: MenuGroup[], height: number, activeGroup: string | undefined, byHand: Record<string, boolean>): Set<string> {
  const open = new Set(groups.filter((g) => byHand[g.id] !== false).map((g) => g.id))
  const need = () => EDGE + groups.reduce((s, g) => s + (g.id === 'top' ? 0 : NAME) + (open.has(g.id) ? g.entries.length * ROW : 0), 0)
  for (const id of LEAST_USED) {
    if (height === 0 || need() <= height) break
    if (id !== activeGroup && byHand[id] === undefined) open.delete(id)
  }
  return open
}

export function useFolds() {
  return {
    chosen,
    turn(id: string, open: boolean) {
      chosen.value = { ...chosen.value, [id]: open }
    },
    /** Going to a page of a folded group opens it: the mark of where one is must be seen. */
    reveal(id: string | undefined) {
      if (id === undefined || chosen.value[id] !== false) return
      chosen.value = Object.fromEntries(Object.entries(chosen.value).filter(([group]) => group !== id))
    },
  }
}
