import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import LiveBars from './LiveBars.vue'

describe('LiveBars', () => {
  it('is a mark beside words, in their colour', () => {
    const bars = mount(LiveBars, { props: { size: 14 } })
    expect(bars.findAll('rect')).toHaveLength(3)
    expect([bars.attributes('fill'), bars.attributes('width'), bars.attributes('aria-hidden')]).toEqual(['currentColor', '14', 'true'])
  })
})
