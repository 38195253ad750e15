import { describe, expect, it } from 'vitest'
import { buildRows, changedCells, checkRows, cleanNumber, countRows, fillRows, MAX_SKUS, moveCell, pasteInto, readMinor, rowKey, writeMinor, type OptionDef } from './optionMatrix'

const dress: OptionDef[] = [{ name: '颜色', values: ['铁锈红', '苔绿'] }, { name: '尺码', values: ['S', 'M'] }]

describe('buildRows', () => {
  it('makes one row for each combination, and one row without options', () => {
    expect(buildRows(dress, []).map((r) => r.values.join(' '))).toEqual(['铁锈红 S', '铁锈红 M', '苔绿 S', '苔绿 M'])
    expect(buildRows([], [])).toHaveLength(1)
  })

  it('keeps the cells of known rows and prices a new value like its neighbour', () => {
    const rows = buildRows(dress, [])
    Object.assign(rows[0]!.cells, { price: '239.00', stock: '18' })
    rows[0]!.skuId = 'sku_1'
    const wider = buildRows([dress[0]!, { name: '尺码', values: ['S', 'M', 'L'] }], rows)
    expect(wider.find((r) => r.key === rowKey(['铁锈红', 'S']))).toBe(rows[0])
    expect(wider.find((r) => r.key === rowKey(['铁锈红', 'L']))?.cells).toMatchObject({ price: '239.00', stock: '0' })
  })

  it('never makes more rows than the server takes', () => {
    const many = Array.from({ length: 20 }, (_, i) => `v${i}`)
    const options = [{ name: 'a', values: many }, { name: 'b', values: many }]
    expect(buildRows(options, [])).toHaveLength(MAX_SKUS)
    expect(countRows(options)).toBe(400)
  })
})

describe('pasteInto', () => {
  it('lays a copied rectangle over the cells from the focused one', () => {
    const rows = buildRows(dress, [])
    expect(pasteInto(rows, '¥239.00\t279\t18\tBDQ-RU-S\r\n1,239.50\t\t４２\tBDQ-RU-M\r\n', 1, 'price')).toBe(2)
    expect(rows[1]!.cells).toEqual({ price: '239.00', list: '279', stock: '18', code: 'BDQ-RU-S' })
    expect(rows[2]!.cells).toEqual({ price: '1239.50', list: '', stock: '42', code: 'BDQ-RU-M' })
    expect(rows[0]!.cells.price).toBe('')
  })

  it('drops what falls outside and counts only rows that changed', () => {
    const rows = buildRows(dress, [])
    expect(pasteInto(rows, '1\tcode\tlost\n2\n3', 3, 'stock')).toBe(1)
    expect(rows[3]!.cells).toMatchObject({ stock: '1', code: 'code' })
    expect(pasteInto(rows, '1\tcode', 3, 'stock')).toBe(0)
  })
})

describe('moveCell', () => {
  it('follows arrows, Tab over row ends and Enter', () => {
    expect(moveCell(3, 0, 'price', 'ArrowDown', false)).toEqual({ row: 1, column: 'price' })
    expect(moveCell(3, 0, 'code', 'Tab', false)).toEqual({ row: 1, column: 'price' })
    expect(moveCell(3, 1, 'price', 'Tab', true)).toEqual({ row: 0, column: 'code' })
    expect(moveCell(3, 1, 'stock', 'Enter', true)).toEqual({ row: 0, column: 'stock' })
  })
  it('leaves the matrix at its edges', () => {
    expect(moveCell(3, 0, 'price', 'ArrowUp', false)).toBeUndefined()
    expect(moveCell(3, 2, 'code', 'Tab', false)).toBeUndefined()
    expect(moveCell(3, 0, 'price', 'ArrowLeft', false)).toBeUndefined()
    expect(moveCell(3, 0, 'price', 'x', false)).toBeUndefined()
  })
})

describe('fillRows', () => {
  it('sets and adds only where asked, and stock never goes below zero', () => {
    const rows = buildRows(dress, [])
    rows.forEach((r) => (r.cells.stock = '3'))
    expect(fillRows(rows, { price: '99', list: '', stock: '-5', only: '苔绿' })).toBe(2)
    expect(rows.map((r) => r.cells.price)).toEqual(['', '', '99', '99'])
    expect(rows.map((r) => r.cells.stock)).toEqual(['3', '3', '0', '0'])
    fillRows(rows, { price: '', list: '', stock: '+20', only: '' })
    expect(rows.map((r) => r.cells.stock)).toEqual(['23', '23', '20', '20'])
  })
})

describe('checkRows', () => {
  it('passes a full row and counts its unsaved cells', () => {
    const rows = buildRows([], [])
    Object.assign(rows[0]!.cells, { price: '59.9', list: '96', stock: '63', code: 'CUP' })
    expect(checkRows(rows)).toEqual([])
    expect(changedCells(rows)).toBe(4)
  })
  it('names each bad cell', () => {
    const rows = buildRows([{ name: 'x', values: ['a', 'b', 'c'] }], [])
    Object.assign(rows[0]!.cells, { price: '', stock: '1.5' })
    Object.assign(rows[1]!.cells, { price: '0', list: '12.345', stock: '1' })
    Object.assign(rows[2]!.cells, { price: '10', list: '9', stock: '1', code: 'x'.repeat(41) })
    expect(checkRows(rows).map((p) => p.code)).toEqual(['price_missing', 'stock_bad', 'price_bad', 'list_bad', 'list_below_price', 'code_bad'])
  })
})

describe('money text', () => {
  it('reads exactly what is written and refuses the rest', () => {
    expect(readMinor('1,299.9')).toBe(129990)
    expect(readMinor(writeMinor(5901))).toBe(5901)
    for (const bad of ['', '1.234', '-1', 'abc', '1e3', '999999999']) expect(readMinor(bad)).toBeUndefined()
    expect(cleanNumber('￥１２．５')).toBe('12.5')
  })
})
