import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import Card from './Card.vue'

describe('Card', () => {
  it('is a region named by its title, with what goes on at its end', () => {
    const c = mount(Card, { props: { title: 'Wallet' }, slots: { default: 'beans', end: '<a href="/all">All</a>' } })
    expect(c.attributes('aria-labelledby')).toBe(c.get('h2').attributes('id'))
    expect(c.get('h2').text()).toBe('Wallet')
    expect(c.get('.card__end').text()).toBe('All')
  })
  it('has no empty head and no name without a title', () => {
    const c = mount(Card, { slots: { default: 'plain' } })
    expect(c.find('.card__head').exists()).toBe(false)
    expect(c.attributes('aria-labelledby')).toBeUndefined()
    expect(mount(Card, { props: { title: 'Wallet' } }).find('.card__end').exists()).toBe(false)
  })
  it('is what it has to be: a form sends itself, a row stays in its list', () => {
    expect(mount(Card, { props: { as: 'form' } }).element.tagName).toBe('FORM')
    expect(mount(Card, { props: { as: 'li' } }).element.tagName).toBe('LI')
  })
})
