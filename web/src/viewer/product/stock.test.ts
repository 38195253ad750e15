import { describe, expect, it } from 'vitest'
import { stockKey } from './stock'

describe('stock words', () => {
  it('press only when there is little left', () => {
    expect([466, 30].map(stockKey)).toEqual(['left', 'left'])
    expect([29, 10].map(stockKey)).toEqual(['only', 'only'])
    expect([9, 1].map(stockKey)).toEqual(['last', 'last'])
  })
  it('never name a number below one', () => {
    expect([0, -1].map(stockKey)).toEqual(['gone', 'gone'])
  })
})
