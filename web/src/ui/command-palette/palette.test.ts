import { describe, expect, it } from 'vitest'
import { PALETTE_ROWS, pickRows, readQuery, splitMatch, type PaletteKind, type PaletteRow } from './palette'

const row = (id: string, kind: PaletteKind, label: string, also?: string): PaletteRow => ({ id, kind, label, also, icon: 'search', run: () => undefined })

describe('pickRows', () => {
  const rows = [row('t', 'thing', '订单 2611'), row('g', 'go', '订单', 'orders'), row('d', 'do', '批量发货', 'bulk ship orders'), row('x', 'do', '切换主题')]

  it('keeps do, go, things in that order whatever matches best', () => {
    expect(pickRows(rows, readQuery('订单')).map((r) => r.id)).toEqual(['g', 't'])
    expect(pickRows(rows, readQuery('orders')).map((r) => r.id)).toEqual(['d', 'g', 't'])
  })
  it('takes > as commands only and # as an order number without its spaces', () => {
    expect(pickRows(rows, readQuery('>')).map((r) => r.id)).toEqual(['d', 'x'])
    expect(readQuery('# 2611 2022 3104')).toEqual({ text: '261120223104', scope: 'orders' })
    expect(pickRows(rows, readQuery('#2611')).map((r) => r.id)).toEqual(['t'])
  })
  it('takes @ as people only', () => {
    const mixed = [...rows, { ...row('p', 'thing', 'Ann'), person: true }]
    expect(pickRows(mixed, readQuery('@')).map((r) => r.id)).toEqual(['p'])
    expect(pickRows(mixed, readQuery('#')).map((r) => r.id)).toEqual(['t'])
  })
  it('never shows more than eight rows and keeps room for things', () => {
    const many = [...Array.from({ length: 12 }, (_, i) => row(`d${i}`, 'do', `do ${i}`)), row('t1', 'thing', 'a'), row('t2', 'thing', 'b')]
    const got = pickRows(many, readQuery(''))
    expect(got).toHaveLength(PALETTE_ROWS)
    expect(got.slice(-2).map((r) => r.id)).toEqual(['t1', 't2'])
  })
})

describe('splitMatch', () => {
  it('cuts the label at the match without touching its case', () => {
    expect(splitMatch('Bulk Ship', 'ship')).toEqual(['Bulk ', 'Ship', ''])
    expect(splitMatch('Bulk', 'zzz')).toEqual(['Bulk', '', ''])
  })
})
