import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { noteServerTime, serverNow } from '@/lib/clock'
import { withWords } from '../living/testWords'
import Countdown from './Countdown.vue'

// The phone of this test runs seven minutes late; only the server knows better.
const lateMs = 7 * 60_000

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
  noteServerTime(Date.now() + lateMs, Date.now(), Date.now())
})
afterEach(() => void vi.useRealTimers())

const counting = (ms: number) => mount(Countdown, { props: { until: serverNow() + ms }, global: withWords() })
async function pass(ms: number) {
  vi.advanceTimersByTime(ms)
  await nextTick()
}

describe('Countdown', () => {
  it('follows the server, not the phone', async () => {
    const c = counting(161_000)
    expect(c.get('[role=timer]').text()).toBe('02:41')
    await pass(1000)
    expect(c.get('[role=timer]').text()).toBe('02:40')
  })
  it('speaks at 60, 10 and 0 seconds and at no other', async () => {
    const c = counting(63_000)
    const heard: string[] = []
    for (let s = 0; s < 66; s++) {
      await pass(1000)
      const text = c.get('[aria-live]').text()
      if (text && text !== heard.at(-1)) heard.push(text)
    }
    expect(heard).toEqual(['01:00 left', '00:10 left', 'Time is up'])
  })
  it('says once that it is over, also when it arrives too late', async () => {
    const c = counting(2000)
    await pass(5000)
    expect(c.emitted('done')).toHaveLength(1)
    expect(counting(-1).emitted('done')).toHaveLength(1)
  })
  it('keeps the width of its longest form', async () => {
    const c = counting(3_601_000)
    expect(c.get('[role=timer]').attributes('style')).toContain('7ch')
    await pass(2000)
    expect(c.get('[role=timer]').text()).toBe('59:59')
    expect(c.get('[role=timer]').attributes('style')).toContain('7ch')
  })
})
