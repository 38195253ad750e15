import { effectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HOLD_MS, useHold } from './useHold'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function hold() {
  const done = vi.fn()
  const scope = effectScope()
  const h = scope.run(() => useHold(done, HOLD_MS, () => Date.now()))!
  return { h, done, scope }
}

describe('useHold', () => {
  it('runs once when the press lasts, however often the key repeats', () => {
    const { h, done } = hold()
    h.press()
    vi.advanceTimersByTime(HOLD_MS / 2)
    h.press()
    expect(h.progress.value).toBeGreaterThan(0.4)
    vi.advanceTimersByTime(HOLD_MS)
    expect(done).toHaveBeenCalledTimes(1)
    expect(h.holding.value).toBe(false)
  })
  it('does nothing when released early, and the next press starts from zero', () => {
    const { h, done } = hold()
    h.press()
    vi.advanceTimersByTime(HOLD_MS - 100)
    h.release()
    expect(h.progress.value).toBe(0)
    h.press()
    vi.advanceTimersByTime(HOLD_MS - 100)
    expect(done).not.toHaveBeenCalled()
  })
  it('is dropped when its component goes', () => {
    const { h, done, scope } = hold()
    h.press()
    scope.stop()
    vi.advanceTimersByTime(HOLD_MS * 2)
    expect(done).not.toHaveBeenCalled()
  })
})
