import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import Card from './Card.vue'

describe('Card', () => {
  it('is a region named by its title', () => {
    const c = mount(Card, { props: { title: 'Wallet' }, slots: { default: 'beans' } })
    expect(c.attributes('aria-labelledby')).toBe(c.get('h2').attributes('id'))
    expect(c.get('h2').text()).toBe('Wallet')
  })
  it('has no empty head, foot or name', () => {
    const c = mount(Card, { slots: { default: 'plain' } })
    expect(c.find('header').exists()).toBe(false)
    expect(c.find('footer').exists()).toBe(false)
    expect(c.attributes('aria-labelledby')).toBeUndefined()
  })
})
