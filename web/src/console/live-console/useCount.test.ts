import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { useCount } from './useCount'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function counting() {
  const done = vi.fn()
  const scope = effectScope()
  const count = scope.run(() => useCount(done))
  if (!count) throw new Error('no scope')
  return { done, scope, ...count }
}

it('counts three down and begins once, also when pressed twice', () => {
  const c = counting()
  c.start()
  c.start()
  vi.advanceTimersByTime(2999)
  expect([c.left.value, c.done.mock.calls.length]).toEqual([1, 0])
  vi.advanceTimersByTime(5000)
  expect([c.left.value, c.done.mock.calls.length]).toEqual([0, 1])
})

it('begins nothing when taken back, or when the page is left', () => {
  const c = counting()
  c.start()
  vi.advanceTimersByTime(1500)
  c.stop()
  vi.advanceTimersByTime(5000)
  expect(c.done).not.toHaveBeenCalled()
  c.start()
  c.scope.stop()
  vi.advanceTimersByTime(5000)
  expect(c.done).not.toHaveBeenCalled()
})
