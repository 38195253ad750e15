import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { useHeld } from './useHeld'

describe('the slides that exist', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const start = (at: number) => {
    const active = ref(at)
    const scope = effectScope()
    const held = scope.run(() => useHeld(active, 2))!
    return { active, held, scope }
  }

  it('stay while a swipe runs, then the next is made, then the far one goes', () => {
    const { active, held } = start(5)
    active.value = 6
    expect([held.from, held.to]).toEqual([3, 7])
    vi.advanceTimersByTime(160)
    expect([held.from, held.to]).toEqual([3, 8])
    vi.advanceTimersByTime(120)
    expect([held.from, held.to]).toEqual([4, 8])
  })

  it('always hold the active one and its neighbours, however fast somebody swipes', () => {
    const { active, held } = start(0)
    for (const to of [1, 2, 3, 9, 8, 0]) {
      active.value = to
      expect(held.from).toBeLessThanOrEqual(Math.max(0, to - 1))
      expect(held.to).toBeGreaterThanOrEqual(to + 1)
    }
  })

  it('are not touched after the page is left', () => {
    const { active, held, scope } = start(5)
    active.value = 6
    scope.stop()
    vi.runAllTimers()
    expect([held.from, held.to]).toEqual([3, 7])
  })
})
