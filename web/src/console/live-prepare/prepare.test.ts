import { describe, expect, it } from 'vitest'
import { titleFits, titlePlaces } from './roomTitle'
import { moveRow } from './shelfOrder'

describe('titleFits', () => {
  it('takes 13 Han or 32 Latin characters and refuses one more', () => {
    expect(titleFits('夜'.repeat(13))).toBe(true)
    expect(titleFits('夜'.repeat(14))).toBe(false)
    expect(titleFits('a'.repeat(32))).toBe(true)
    expect(titleFits('a'.repeat(33))).toBe(false)
  })
  it('counts mixed titles together and refuses blanks', () => {
    expect(titlePlaces(' 夜市 No. 42 ')).toBe(12)
    expect(titleFits('   ')).toBe(false)
  })
})

describe('moveRow', () => {
  it('moves both ways and keeps everything', () => {
    expect(moveRow(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a'])
    expect(moveRow(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
  })
  it('leaves the list alone at its ends', () => {
    const rows = ['a', 'b']
    expect(moveRow(rows, 0, -1)).toBe(rows)
    expect(moveRow(rows, 1, 2)).toBe(rows)
  })
})
