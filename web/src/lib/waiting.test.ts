import { afterEach, expect, it, vi } from 'vitest'
import { noteCall, slow, slowMs } from './waiting'

afterEach(() => vi.useRealTimers())

it('says nothing about a quick call', () => {
  vi.useFakeTimers()
  const done = noteCall()
  vi.advanceTimersByTime(slowMs - 1)
  done()
  vi.advanceTimersByTime(slowMs)
  expect(slow.value).toBe(false)
})

it('stays slow until the last late call ended, and ending twice counts once', () => {
  vi.useFakeTimers()
  const [a, b] = [noteCall(), noteCall()]
  vi.advanceTimersByTime(slowMs)
  expect(slow.value).toBe(true)
  a()
  a()
  expect(slow.value).toBe(true)
  b()
  expect(slow.value).toBe(false)
})
