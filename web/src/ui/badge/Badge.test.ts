import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import Badge from './Badge.vue'

const badge = (count: number) => mount(Badge, { props: { count } })

describe('Badge', () => {
  it('shows nothing at zero, the number to 99, then 99+', () => {
    expect(badge(0).find('.badge').exists()).toBe(false)
    expect(badge(1).text()).toBe('1')
    expect(badge(99).text()).toBe('99')
    expect(badge(100).text()).toBe('99+')
  })
  it('carries its word or number as text, so that it is read with the noun beside it', () => {
    const word = mount(Badge, { props: { kind: 'jade' }, slots: { default: 'Paid' } })
    expect(word.text()).toBe('Paid')
    expect(word.attributes('role')).toBeUndefined()
    expect(badge(3).attributes('aria-label')).toBeUndefined()
  })
})
