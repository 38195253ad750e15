import { expect, it } from 'vitest'
import { periodOf } from './useOrderFilters'

const noon = new Date(2026, 10, 21, 12).getTime()
const day = (d: number) => new Date(2026, 10, d).getTime()

it('counts days from this desk’s midnight and leaves the other end open', () => {
  expect(periodOf('today', noon)).toEqual({ fromMs: day(21), toMs: 0 })
  expect(periodOf('yesterday', noon)).toEqual({ fromMs: day(20), toMs: day(21) })
  expect(periodOf('d7', noon)).toEqual({ fromMs: day(15), toMs: 0 })
  expect(periodOf('', noon)).toEqual({ fromMs: 0, toMs: 0 })
})
