import { useLocalStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

export interface StageSource { kind: 'live' | 'replay'; id: string }

/** Going here from a room is a glance aside: the picture goes along as a small window. */
const asides = new Set(['product', 'shop', 'order', 'orders', 'channel'])

/**
 * The one owner of the room picture. Minimised it keeps playing in a corner while pages
 * change: the same element, the same player, the same connection.
 */
export const useStage = defineStore('stage', () => {
  const source = shallowRef<StageSource>()
  const mini = ref(false)
  /** Which way the next picture comes in: 1 from below, -1 from above, 0 at once. */
  const way = ref<0 | 1 | -1>(0)
  /** There is a picture that may go on; an ended room is not carried along. */
  const alive = ref(false)
  /** The person's wish: whoever leaves a room keeps watching small. */
  const keepSmall = useLocalStorage('hawker.keepSmall', false)

  let turned: 0 | 1 | -1 = 0
  const same = (a: StageSource | undefined, b: StageSource) => a?.id === b.id && a.kind === b.kind
  /** Said just before the next room is shown. */
  const turn = (step: 1 | -1) => { turned = step }
  function show(next: StageSource) {
    if (!same(source.value, next)) {
      source.value = next
      way.value = turned
      alive.value = false
    }
    turned = 0
    mini.value = false
  }
  /** The room's page is about to be left for `to`, a route's name. */
  function leaving(to: string) {
    if (alive.value && to !== 'room' && to !== 'replay' && (keepSmall.value || asides.has(to))) mini.value = true
  }
  /** The room's page was left: the picture stays only when it was minimised before. */
  function left(was: StageSource) {
    if (same(source.value, was) && !mini.value) source.value = undefined
  }
  const minimise = () => { mini.value = true }
  const close = () => { source.value = undefined }
  return { source, mini, way, alive, keepSmall, turn, show, leaving, left, minimise, close }
})
