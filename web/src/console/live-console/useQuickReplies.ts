import { ref, watch, type Ref } from 'vue'
import { useWords } from '../shell/useWords'
import { cleanReplies, parseReplies } from './quickReplies'

/** The channel's quick replies in this browser; three to begin with. */
export function useQuickReplies(channelId: Ref<string | undefined>) {
  const { t } = useWords()
  const replies = ref<string[]>([])
  const key = () => `hawker.replies.${channelId.value}`
  const starters = () => ['one', 'two', 'three'].map((n) => t(`reply.start.${n}`))
  function stored(): string | null {
    try {
      return localStorage.getItem(key())
    } catch {
      return null // a browser that keeps nothing still offers the starters
    }
  }
  watch(channelId, (id) => {
    if (id) replies.value = parseReplies(stored()) ?? starters()
  }, { immediate: true })
  function save(lines: string[]) {
    replies.value = cleanReplies(lines)
    try {
      localStorage.setItem(key(), JSON.stringify(replies.value))
    } catch {
      // they hold until the page is left
    }
  }
  return { replies, save }
}
