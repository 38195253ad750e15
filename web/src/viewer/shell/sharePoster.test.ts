import { describe, expect, it } from 'vitest'
import { breakLines } from './sharePoster'

/** A Han character is two wide, a Latin one. */
const wide = (s: string) => Array.from(s).reduce((w, c) => w + (c > '\u2e80' ? 2 : 1), 0)

describe('the lines of a poster', () => {
  it('break Han anywhere and Latin between words', () => {
    expect(breakLines('第三十一年还是这口铁锅', 8, 9, wide)).toEqual(['第三十一', '年还是这', '口铁锅'])
    expect(breakLines('a bowl that waited', 9, 9, wide)).toEqual(['a bowl', 'that', 'waited'])
  })
  it('end in dots when there is more than fits', () => {
    const lines = breakLines('第三十一年还是这口铁锅', 8, 2, wide)
    expect(lines).toEqual(['第三十一', '年还是…'])
    expect(lines.every((l) => wide(l) <= 8)).toBe(true)
  })
  it('break a word longer than the line, and make nothing of nothing', () => {
    expect(breakLines('abcdefghij', 4, 9, wide)).toEqual(['abcd', 'efgh', 'ij'])
    expect(breakLines('  ', 4, 9, wide)).toEqual([])
  })
})
