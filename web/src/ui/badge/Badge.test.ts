import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { withWords } from '../living/testWords'
import Badge from './Badge.vue'

const badge = (count: number) => mount(Badge, { props: { count }, global: withWords() })

describe('Badge', () => {
  it('shows nothing at zero, the number to 99, then 99+', () => {
    expect(badge(0).find('.badge').exists()).toBe(false)
    expect(badge(1).text()).toBe('1')
    expect(badge(99).text()).toBe('99')
    expect(badge(100).text()).toBe('99+')
  })
  it('is read with its noun', () => expect(badge(3).get('[role=img]').attributes('aria-label')).toBe('3 new'))
  it('carries a word as text, not as a picture', () => {
    const word = mount(Badge, { props: { kind: 'jade' }, slots: { default: 'Paid' }, global: withWords() })
    expect(word.text()).toBe('Paid')
    expect(word.attributes('role')).toBeUndefined()
  })
})
