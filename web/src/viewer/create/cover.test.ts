import { expect, it } from 'vitest'
import { parseTags } from './cover'

it('reads tags however they were typed', () => {
  expect(parseTags('#夜市 #一锅热栗子，手艺')).toEqual(['夜市', '一锅热栗子', '手艺'])
  expect(parseTags('a a  b')).toEqual(['a', 'b'])
  expect(parseTags('  ')).toEqual([])
})
it('keeps at most five', () => {
  expect(parseTags('1 2 3 4 5 6')).toHaveLength(5)
})
