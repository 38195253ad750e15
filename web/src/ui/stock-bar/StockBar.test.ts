import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { withWords } from '../living/testWords'
import StockBar from './StockBar.vue'
import { stockWord } from './types'

const bar = (left: number, total = 100) => mount(StockBar, { props: { left, total }, global: withWords() })

describe('StockBar', () => {
  it.each([
    [60, 100, '40% taken'], [30, 100, '70% taken'], [29, 100, 'Only 29 left'], [10, 100, 'Only 10 left'],
    [9, 100, 'Last 9'], [1, 100, 'Last 1'], [0, 100, 'Sold out'], [-3, 100, 'Sold out'], [9, 12, 'Last 9'], [0, 0, 'Sold out'],
  ])('%i of %i reads "%s"', (left, total, words) => {
    expect(bar(left, total).get('.stock__text').text()).toBe(words)
  })
  it('never calls stock scarce above 30 % of what there was', () => {
    for (let left = 30; left <= 100; left++) expect(stockWord(left, 100), String(left)).toBe('taken')
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
