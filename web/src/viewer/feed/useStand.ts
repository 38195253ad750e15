import { onScopeDispose, ref, watch, type Ref } from 'vue'
import type { ClipPart } from './useClip'
import { useHeld } from './useHeld'

/** Slides that exist around the active one; the rest are empty snap points. */
const around = 2
/** A swipe has moved its picture on: what only assistive tools and the keyboard see follows in its own task. */
const restMs = 90

/** Where the feed stands, for every slide to read by itself. */
export interface FeedStand {
  readonly held: { from: number; to: number }
  /** The slide that takes keys and focus: the active one, a moment later. */
  readonly rested: number
  partOf: (index: number) => ClipPart
}

/** `mayPlay` is false while the page is hidden or a live room plays elsewhere. */
export function useStand(active: Ref<number>, mayPlay: () => boolean, settled: Ref<boolean>): FeedStand {
  const held = useHeld(active, around)
  const rested = ref(active.value)
  let timer = 0
  watch(active, (now) => {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => { rested.value = now }, restMs)
  }, { flush: 'sync' })
  onScopeDispose(() => window.clearTimeout(timer))
  return {
    held,
    get rested() { return rested.value },
    partOf(i) {
      if (i === active.value) return mayPlay() ? 'play' : 'ahead'
      if (i < active.value || i > active.value + 2) return 'rest'
      if (!settled.value) return 'rest'
      return i === active.value + 1 ? 'ahead' : 'head'
    },
  }
}
