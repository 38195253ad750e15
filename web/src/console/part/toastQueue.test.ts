import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeToasts } from './toastQueue'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('toasts', () => {
  it('let a success go after 4 s, one with an action after 8 s', () => {
    const { current, show } = makeToasts(window)
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
  it('keep a failure until it is dismissed, then show what waited', () => {
    const { current, show, dismiss } = makeToasts(window)
    show('not saved', 'bad')
    show('copied', 'good')
    vi.advanceTimersByTime(3_600_000)
    expect(current.value?.text).toBe('not saved')
    dismiss()
    expect(current.value?.text).toBe('copied')
  })
  it('never queue the same words twice, nor more than three', () => {
    const { current, show, dismiss } = makeToasts(window)
    for (const text of ['a', 'a', 'b', 'b', 'c', 'd', 'e']) show(text, 'bad')
    const seen: string[] = []
    for (let i = 0; i < 9 && current.value; i++) {
      seen.push(current.value.text)
      dismiss()
    }
    expect(seen).toEqual(['a', 'c', 'd', 'e'])
  })
})
