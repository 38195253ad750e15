import { expect, it } from 'vitest'
import { reserveTotals } from './reserveTotals'

it('adds the bars up and keeps each one’s own number', () => {
  expect(reserveTotals([{ at: 1, count: 2 }, { at: 2, count: 0 }, { at: 3, count: 5 }])).toEqual([
    { at: 1, more: 2, total: 2 }, { at: 2, more: 0, total: 2 }, { at: 3, more: 5, total: 7 },
  ])
  expect(reserveTotals([])).toEqual([])
})
