import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { withWords } from '../living/testWords'
import ToastHost from './ToastHost.vue'
import { current, deskManners, dismissToast, makeToasts, phoneManners, toast } from './toast'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  while (current.value) dismissToast()
  vi.useRealTimers()
})

describe('the queue', () => {
  it('lets a success go after 4 s at a desk, one with an action after 8 s', () => {
    const { current, show } = makeToasts(deskManners)
    show('saved', 'good')
    vi.advanceTimersByTime(3999)
    expect(current.value?.text).toBe('saved')
    vi.advanceTimersByTime(1)
    expect(current.value).toBeUndefined()
    show('removed', 'good', { label: 'undo', run: () => undefined })
    vi.advanceTimersByTime(7999)
    expect(current.value?.text).toBe('removed')
    vi.advanceTimersByTime(1)
    expect(current.value).toBeUndefined()
  })
  it('keeps a failure at a desk until it is dismissed, then shows what waited', () => {
    const { current, show, dismiss } = makeToasts(deskManners)
    show('not saved', 'bad')
    show('copied', 'good')
    vi.advanceTimersByTime(3_600_000)
    expect(current.value?.text).toBe('not saved')
    dismiss()
    expect(current.value?.text).toBe('copied')
  })
  it('lets a failure go on a phone, later than a success', () => {
    const { current, show } = makeToasts(phoneManners)
    show('not sent', 'bad')
    vi.advanceTimersByTime(phoneManners.newsMs)
    expect(current.value?.text).toBe('not sent')
    vi.advanceTimersByTime(4500)
    expect(current.value).toBeUndefined()
  })
  it('never queues the same words twice, nor more than three', () => {
    const { current, show, dismiss } = makeToasts(deskManners)
    for (const text of ['a', 'a', 'b', 'b', 'c', 'd', 'e']) show(text, 'bad')
    const seen: string[] = []
    for (let i = 0; i < 9 && current.value; i++) {
      seen.push(current.value.text)
      dismiss()
    }
    expect(seen).toEqual(['a', 'c', 'd', 'e'])
  })
})

describe('the host', () => {
  it('shows one line at a time and says a failure as an alert', async () => {
    const host = mount(ToastHost, { global: withWords() })
    toast('first', 'good')
    toast('second', 'bad')
    await nextTick()
    expect(host.findAll('.toast')).toHaveLength(1)
    expect(host.get('[role=status]').text()).toBe('first')
    vi.advanceTimersByTime(phoneManners.newsMs)
    await nextTick()
    expect(host.findAll('.toast')).toHaveLength(1)
    expect(host.get('[role=alert]').text()).toBe('second')
  })
  it('runs the action once and is gone', async () => {
    const run = vi.fn()
    const host = mount(ToastHost, { global: withWords() })
    toast('removed', 'good', { label: 'Undo', run })
    await nextTick()
    await host.get('.toast__act').trigger('click')
    expect(run).toHaveBeenCalledTimes(1)
    expect(host.find('.toast').exists()).toBe(false)
  })
  it('can be put away by hand at a desk only', async () => {
    const desk = mount(ToastHost, { props: { desk: true }, global: withWords() })
    toast('not saved', 'bad')
    await nextTick()
    await desk.get('.toast__shut').trigger('click')
    expect(current.value).toBeUndefined()
    const phone = mount(ToastHost, { global: withWords() })
    toast('not saved', 'bad')
    await nextTick()
    expect(phone.find('.toast__shut').exists()).toBe(false)
  })
})
