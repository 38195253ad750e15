import { effectScope, nextTick, ref } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useStand } from './useStand'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

function stand() {
  const active = ref(0)
  const settled = ref(true)
  const mayPlay = ref(true)
  const scope = effectScope()
  const s = scope.run(() => useStand(active, () => mayPlay.value, settled))!
  return { active, settled, mayPlay, s, scope }
}

it('plays the active clip, reads two ahead, and lets go of what was passed', () => {
  const { active, s, scope } = stand()
  active.value = 3
  expect([2, 3, 4, 5, 6].map((i) => s.partOf(i))).toEqual(['rest', 'play', 'ahead', 'head', 'rest'])
  scope.stop()
})

it('reads nothing ahead before the clip on screen plays, and plays nothing while the page is away', () => {
  const { settled, mayPlay, s, scope } = stand()
  settled.value = false
  mayPlay.value = false
  expect([0, 1, 2].map((i) => s.partOf(i))).toEqual(['ahead', 'rest', 'rest'])
  scope.stop()
})

it('moves the focus on once, when the swipes are over', async () => {
  const { active, s, scope } = stand()
  const seen: number[] = []
  for (const to of [1, 2, 3]) {
    active.value = to
    await nextTick()
    vi.advanceTimersByTime(40)
    seen.push(s.rested)
  }
  vi.advanceTimersByTime(60)
  expect([...seen, s.rested]).toEqual([0, 0, 0, 3])
  active.value = 4
  scope.stop()
  vi.advanceTimersByTime(500)
  expect(s.rested).toBe(3)
})
