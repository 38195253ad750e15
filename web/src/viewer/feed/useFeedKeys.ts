import { useEventListener } from '@vueuse/core'
import { ref, type Ref } from 'vue'
import { dispatchKey } from '@/lib/keys'
import { captionsOn } from './captions'
import { muted } from './sound'

interface KeyedPost { toggle(): void; like(): Promise<void>; save(): Promise<void>; comment(): void; side(step: 1 | -1): void }

/** The keyboard of a clip and of the feed around it. An open sheet owns the keys. Returns whether the list of keys is shown. */
export function useFeedKeys(o: { go?: (step: number) => void; post: () => KeyedPost | null | undefined }): Ref<boolean> {
  const help = ref(false)
  const next = () => o.go?.(1)
  const back = () => o.go?.(-1)
  const map = {
    ...(o.go && { ArrowDown: next, J: next, PageDown: next, ArrowUp: back, K: back, PageUp: back }),
    ArrowRight: () => o.post()?.side(1),
    ArrowLeft: () => o.post()?.side(-1),
    Space: () => o.post()?.toggle(),
    M: () => { muted.value = !muted.value },
    L: () => void o.post()?.like(),
    S: () => void o.post()?.save(),
    C: () => o.post()?.comment(),
    T: () => { captionsOn.value = !captionsOn.value },
    '?': () => { help.value = true },
  }
  useEventListener(document, 'keydown', (e: KeyboardEvent) => {
    if (document.querySelector('dialog[open]')) return
    // Arrows inside the comments or an opened text scroll that.
    if (e.target instanceof HTMLElement && e.target.closest('.feed-side, input[type=range]') && e.key.startsWith('Arrow')) return
    dispatchKey(map, e)
  })
  return help
}
