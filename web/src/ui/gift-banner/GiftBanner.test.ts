import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { withWords } from '../living/testWords'
import GiftBanner from './GiftBanner.vue'
import type { Gift } from './types'

const gift = (count = 1): Gift => ({ key: 'g1', who: 'Wutong', name: 'a lantern', count })
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())
const banner = (g = gift()) => mount(GiftBanner, { props: { gift: g }, global: withWords() })

describe('GiftBanner', () => {
  it('leaves three seconds after its gift', () => {
    const b = banner()
    vi.advanceTimersByTime(2999)
    expect(b.emitted('done')).toBeUndefined()
    vi.advanceTimersByTime(1)
    expect(b.emitted('done')).toEqual([['g1']])
  })
  it('counts on and stays three seconds after the last of a row', async () => {
    const b = banner()
    for (const count of [2, 3, 4]) {
      vi.advanceTimersByTime(2500)
      await b.setProps({ gift: gift(count) })
    }
    expect(b.get('.gift__count').text()).toBe('×4')
    expect(b.emitted('done')).toBeUndefined()
    vi.advanceTimersByTime(3000)
    expect(b.emitted('done')).toHaveLength(1)
  })
  it('is one sentence for a reader', () => {
    expect(banner(gift(12)).attributes('aria-label')).toBe('Wutong sent a lantern, 12 in a row')
  })
  it('asks for nothing more once it is taken away', () => {
    const b = banner()
    b.unmount()
    vi.advanceTimersByTime(5000)
    expect(b.emitted('done')).toBeUndefined()
  })
})
