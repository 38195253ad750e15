import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

export interface StageSource { kind: 'live' | 'replay'; id: string }

/** What the stage plays. Minimised it keeps playing in a corner while pages change. */
export const useStage = defineStore('stage', () => {
  const source = shallowRef<StageSource>()
  const mini = ref(false)
  /** Which way the next picture comes in: 1 from below, -1 from above, 0 at once. */
  const way = ref<0 | 1 | -1>(0)

  let turned: 0 | 1 | -1 = 0
  /** Said just before the next room is shown. */
  const turn = (step: 1 | -1) => { turned = step }
  function show(next: StageSource) {
    if (source.value?.id !== next.id || source.value.kind !== next.kind) {
      source.value = next
      way.value = turned
    }
    turned = 0
    mini.value = false
  }
  /** The room's page was left: the picture stays only when it was minimised before. */
  function left(was: StageSource) {
    if (source.value?.id === was.id && source.value.kind === was.kind && !mini.value) source.value = undefined
  }
  const minimise = () => { mini.value = true }
  const close = () => { source.value = undefined }
  return { source, mini, way, turn, show, left, minimise, close }
})
