import { nextTick, ref, watch, type Ref } from 'vue'

/** Nearer to the end than this (px), a reader follows the talk. */
const nearEndPx = 40
export const unreadLimit = 99

interface Line { id: string }

/** Lines after the one last seen; all of them when that one has left the list. */
export function newSince(lines: readonly Line[], seen: string | undefined): number {
  return Math.min(unreadLimit, lines.length - 1 - lines.findLastIndex((l) => l.id === seen))
}

/** Keeps the newest line in view until the reader scrolls up; then counts what is new. */
export function useTalkScroll(list: Ref<HTMLElement | null>, lines: Ref<readonly Line[]>) {
  const atEnd = ref(true)
  const unread = ref(0)
  let seen: string | undefined

  function toEnd() {
    if (list.value) list.value.scrollTop = list.value.scrollHeight
    atEnd.value = true
    unread.value = 0
    seen = lines.value.at(-1)?.id
  }
  function onScroll() {
    const el = list.value
    if (!el) return
    atEnd.value = el.scrollHeight - el.scrollTop - el.clientHeight < nearEndPx
    if (!atEnd.value) return
    unread.value = 0
    seen = lines.value.at(-1)?.id
  }
  watch(lines, async (now, before) => {
    if (now.at(-1)?.id === before?.at(-1)?.id) return
    if (!atEnd.value) {
      unread.value = newSince(now, seen)
      return
    }
    await nextTick()
    toEnd()
  }, { immediate: true })
  return { atEnd, unread, toEnd, onScroll }
}
