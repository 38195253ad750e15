import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { withWords } from '@/ui/living/testWords'
import StatTile from './StatTile.vue'

const words = withWords()
const open = (props: object) => mount(StatTile, { props: { label: 'To ship', ...props }, global: { ...words, stubs: { RouterLink: { props: ['to'], template: '<a :href="to"><slot /></a>' } } } })

it('holds the place of its number while it is read', () => {
  const w = open({ loading: true })
  expect(w.find('.bone').exists()).toBe(true)
  expect(w.attributes('aria-busy')).toBe('true')
})

it('keeps an old number when a new one is on its way', () => {
  expect(open({ loading: true, value: '128' }).text()).toContain('128')
})

it('offers to try again when there is no number, and does not open a page then', async () => {
  const w = open({ missing: 'Not read. Try again', to: '/x' })
  expect(w.text()).toContain('—')
  expect(w.find('a').exists()).toBe(false)
  await w.get('button').trigger('click')
  expect(w.emitted('retry')).toHaveLength(1)
})

it('says how old a number is instead of its note', () => {
  const w = open({ value: '128', note: '9 today', stale: 'As of 14:20' })
  expect(w.classes()).toContain('stale')
  expect(w.text()).toContain('As of 14:20')
  expect(w.text()).not.toContain('9 today')
})

it('draws the triangle of a change but none for a state', () => {
  expect(open({ value: '1', note: '11 %', tone: 'up' }).text()).toContain('▲')
  expect(open({ value: '1', note: 'blocked', tone: 'bad' }).text()).not.toContain('▼')
})
