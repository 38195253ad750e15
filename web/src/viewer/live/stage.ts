import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

export interface StageSource { kind: 'live' | 'replay'; id: string }

/** What the stage plays. Minimised it keeps playing in a corner while pages change. */
export const useStage = defineStore('stage', () => {
  const source = shallowRef<StageSource>()
  const mini = ref(false)

  function show(next: StageSource) {
    if (source.value?.id !== next.id || source.value.kind !== next.kind) source.value = next
    mini.value = false
  }
  /** The room's page was left: the picture stays only when it was minimised before. */
  function left(was: StageSource) {
    if (source.value?.id === was.id && source.value.kind === was.kind && !mini.value) source.value = undefined
  }
  const minimise = () => { mini.value = true }
  const close = () => { source.value = undefined }
  return { source, mini, show, left, minimise, close }
})
