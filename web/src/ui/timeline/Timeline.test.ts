import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import Timeline from './Timeline.vue'

const items = [
  { key: 'b', text: 'Shipped', at: 1_795_050_544_030, time: 'Today 16:42' },
  { key: 'a', text: 'Paid', at: 1_795_000_000_000, time: 'Yesterday 21:06' },
]

it('keeps the order given, marks the first as newest, and gives machines the exact time', () => {
  const w = mount(Timeline, { props: { items, label: 'History' } })
  const rows = w.findAll('li')
  expect(rows.map((r) => r.get('span').text())).toEqual(['Shipped', 'Paid'])
  expect(rows.map((r) => r.classes('timeline__item--newest'))).toEqual([true, false])
  expect(w.get('time').attributes('datetime')).toBe(new Date(items[0]!.at).toISOString())
})

it('draws no empty list when nothing happened', () => {
  expect(mount(Timeline, { props: { items: [], label: 'History' } }).find('ol').exists()).toBe(false)
})
