import { useLocalStorage } from '@vueuse/core'
import type { Post } from '@/api/types'

type Caption = Post['captions'][number]

/** The person's wish, kept on this device. Clips begin without sound, so captions begin on. */
export const captionsOn = useLocalStorage('hawker.captions', true)

/** The captions in the reader's language, else in the first there is. */
export function captionFor(list: readonly Caption[], locale: string): Caption | undefined {
  return list.find((c) => c.lang === locale) ?? list.find((c) => c.lang.slice(0, 2) === locale.slice(0, 2)) ?? list[0]
}
