import { mount } from '@vue/test-utils'
import { defineComponent, nextTick, ref } from 'vue'
import { describe, expect, it } from 'vitest'
import { newSince, unreadLimit, useTalkScroll } from './useTalkScroll'

const lines = (from: number, n: number) => Array.from({ length: n }, (_, i) => ({ id: `c${from + i}` }))

describe('new lines', () => {
  it('are those after the one last seen', () => {
    expect(newSince(lines(0, 5), 'c2')).toBe(2)
    expect(newSince(lines(0, 5), 'c4')).toBe(0)
  })
  it('are all when the seen one was dropped, but never more than the pill can hold', () => {
    expect(newSince(lines(10, 3), 'c1')).toBe(3)
    expect(newSince(lines(0, 500), 'gone')).toBe(unreadLimit)
  })
})

describe('the talk', () => {
  function open() {
    const talk = ref(lines(0, 3))
    const list = ref<HTMLElement | null>(null)
    let api: ReturnType<typeof useTalkScroll> | undefined
    mount(defineComponent({ setup() { api = useTalkScroll(list, talk); return () => null } }))
    const el = { scrollTop: 0, scrollHeight: 600, clientHeight: 200 }
    list.value = el as unknown as HTMLElement
    if (!api) throw new Error('not mounted')
    return { talk, el, ...api }
  }
  it('follows the newest line while the reader is at the end', async () => {
    const s = open()
    s.talk.value = lines(0, 4)
    await nextTick()
    await nextTick()
    expect(s.el.scrollTop).toBe(600)
    expect(s.unread.value).toBe(0)
  })
  it('stands still for a reader who scrolled up, and counts what came', async () => {
    const s = open()
    await nextTick()
    s.toEnd()
    s.el.scrollTop = 50
    s.onScroll()
    s.talk.value = lines(0, 5)
    await nextTick()
    s.talk.value = lines(2, 6) // older lines left at the head
    await nextTick()
    await nextTick()
    expect(s.el.scrollTop).toBe(50)
    expect(s.unread.value).toBe(5)
    s.toEnd()
    expect(s.el.scrollTop).toBe(600)
    expect(s.unread.value).toBe(0)
  })
})
