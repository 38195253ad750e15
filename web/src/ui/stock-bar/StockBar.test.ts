import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { withWords } from '../living/testWords'
import StockBar from './StockBar.vue'

const bar = (left: number, total = 100) => mount(StockBar, { props: { left, total }, global: withWords() })

describe('StockBar', () => {
  it.each([
    [466, '466 left'], [30, '30 left'], [29, 'Only 29 left'], [10, 'Only 10 left'],
    [9, 'Last 9'], [1, 'Last 1'], [0, 'Sold out'], [-3, 'Sold out'],
  ])('%i left reads "%s"', (left, words) => {
    expect(bar(left, 1000).get('.stock__text').text()).toBe(words)
  })
  it('fills with what is gone, shows a first sliver, and is full at nothing', () => {
    const fill = (left: number, total: number) => bar(left, total).get('.stock__fill').attributes('style')
    expect(fill(25, 100)).toContain('scaleX(0.75)')
    expect(fill(100, 100)).toContain('scaleX(0.06)')
    expect([fill(0, 100), fill(0, 0)].every((x) => x?.includes('scaleX(1)'))).toBe(true)
  })
  it('speaks when the words change and stays silent while the number falls', async () => {
    const b = bar(40)
    const live = () => b.get('[aria-live]').text()
    await b.setProps({ left: 31 })
    expect(live()).toBe('')
    await b.setProps({ left: 29 })
    expect(live()).toBe('Only 29 left')
    await b.setProps({ left: 12 })
    expect(live()).toBe('Only 29 left')
    await b.setProps({ left: 9 })
    expect(live()).toBe('Last 9')
    await b.setProps({ left: 0 })
    expect(live()).toBe('Sold out')
  })
  it('shows the time only while there is something to buy', async () => {
    const b = mount(StockBar, { props: { left: 5, total: 50, until: Date.now() + 60_000 }, global: withWords() })
    expect(b.find('[role=timer]').exists()).toBe(true)
    await b.setProps({ left: 0 })
    expect(b.find('[role=timer]').exists()).toBe(false)
  })
})
