/**
 * The option matrix: options × values give rows, each row is one SKU. Cells stay text while they are edited;
 * they are read as money or counts only when the product is saved, so that half-typed values are never "0".
 */
export interface OptionDef {
  name: string
  values: string[]
}

export const COLUMNS = ['price', 'list', 'stock', 'code'] as const
export type Column = (typeof COLUMNS)[number]

export interface MatrixRow {
  /** Values joined; the identity of a row while values are added and removed. */
  key: string
  values: string[]
  skuId?: string
  cells: Record<Column, string>
  saved: Record<Column, string>
}

export interface CellProblem {
  key: string
  column: Column
  code: 'price_missing' | 'price_bad' | 'list_bad' | 'list_below_price' | 'stock_bad' | 'code_bad'
}

export const MAX_OPTIONS = 3
export const MAX_VALUES = 20
export const MAX_SKUS = 100

const empty = (): Record<Column, string> => ({ price: '', list: '', stock: '', code: '' })
export const rowKey = (values: string[]): string => values.join('\u0001')

/** Rows for these options. Known rows keep their cells; a new row takes the price of its nearest neighbour. */
export function buildRows(options: OptionDef[], known: MatrixRow[]): MatrixRow[] {
  const byKey = new Map(known.map((r) => [r.key, r]))
  const model = known.find((r) => r.cells.price !== '')
  return combinations(options).map((values) => {
    const key = rowKey(values)
    const old = byKey.get(key)
    if (old) return old
    const near = known.find((r) => r.values[0] === values[0] && r.cells.price !== '') ?? model
    const cells = { ...empty(), price: near?.cells.price ?? '', list: near?.cells.list ?? '', stock: '0' }
    return { key, values, cells, saved: { ...empty(), stock: '0' } }
  })
}

function combinations(options: OptionDef[]): string[][] {
  let rows: string[][] = [[]]
  for (const option of options) {
    if (option.values.length === 0) continue
    rows = rows.flatMap((r) => option.values.map((v) => [...r, v]))
    if (rows.length > MAX_SKUS) return rows.slice(0, MAX_SKUS)
  }
  return rows
}

export function countRows(options: OptionDef[]): number {
  return options.reduce((n, o) => n * Math.max(1, o.values.length), 1)
}

/** A rectangle of cells from a spreadsheet, laid over the matrix at (row, column); returns the rows it changed. */
export function pasteInto(rows: MatrixRow[], text: string, atRow: number, atColumn: Column): number {
  const from = COLUMNS.indexOf(atColumn)
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n').slice(0, MAX_SKUS)
  let changed = 0
  lines.forEach((line, i) => {
    const row = rows[atRow + i]
    if (!row) return
    let touched = false
    line.split('\t').forEach((value, j) => {
      const column = COLUMNS[from + j]
      if (!column) return
      const next = column === 'code' ? value.trim() : cleanNumber(value)
      if (row.cells[column] === next) return
      row.cells[column] = next
      touched = true
    })
    if (touched) changed++
  })
  return changed
}

/** `¥1,299.00`, `１２９９` and ` 1299 ` are all the same number to the person who typed them. */
export function cleanNumber(text: string): string {
  return text
    .replace(/[０-９．－]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[¥￥,，\s]/g, '')
}

/** Where an arrow, Tab or Enter leads from a cell; undefined when it leaves the matrix. */
export function moveCell(rows: number, row: number, column: Column, key: string, shift: boolean): { row: number; column: Column } | undefined {
  const c = COLUMNS.indexOf(column)
  const at = (r: number, i: number) => (r < 0 || r >= rows ? undefined : { row: r, column: COLUMNS[i] as Column })
  if (key === 'ArrowUp' || (key === 'Enter' && shift)) return at(row - 1, c)
  if (key === 'ArrowDown' || key === 'Enter') return at(row + 1, c)
  if (key === 'ArrowLeft' || (key === 'Tab' && shift)) return c > 0 ? at(row, c - 1) : key === 'Tab' ? at(row - 1, COLUMNS.length - 1) : undefined
  if (key === 'ArrowRight' || key === 'Tab') return c < COLUMNS.length - 1 ? at(row, c + 1) : key === 'Tab' ? at(row + 1, 0) : undefined
  return undefined
}

export interface Fill {
  price: string
  list: string
  stock: string
  /** Only rows with this value; empty means all rows. */
  only: string
}

/** Fills set columns; a stock of `+20` or `-5` is added to what is there. Returns how many rows it touched. */
export function fillRows(rows: MatrixRow[], fill: Fill): number {
  const hit = rows.filter((r) => fill.only === '' || r.values.includes(fill.only))
  for (const row of hit) {
    if (fill.price !== '') row.cells.price = cleanNumber(fill.price)
    if (fill.list !== '') row.cells.list = cleanNumber(fill.list)
    if (fill.stock !== '') row.cells.stock = nextStock(row.cells.stock, cleanNumber(fill.stock))
  }
  return hit.length
}

function nextStock(current: string, change: string): string {
  if (!/^[+-]\d+$/.test(change)) return change
  return String(Math.max(0, (Number(current) || 0) + Number(change)))
}

export function changedCells(rows: MatrixRow[]): number {
  return rows.reduce((n, r) => n + COLUMNS.filter((c) => r.cells[c] !== r.saved[c]).length, 0)
}

/** "12.5" → 1250; undefined when it is not an amount of at most two places. */
export function readMinor(text: string): number | undefined {
  const t = cleanNumber(text)
  if (!/^\d{1,8}(\.\d{1,2})?$/.test(t)) return undefined
  const [major, minor = ''] = t.split('.')
  return Number(major) * 100 + Number(minor.padEnd(2, '0'))
}

export const writeMinor = (minor: number): string => (minor / 100).toFixed(2)

export function checkRows(rows: MatrixRow[]): CellProblem[] {
  const problems: CellProblem[] = []
  for (const { key, cells } of rows) {
    const add = (column: Column, code: CellProblem['code']) => problems.push({ key, column, code })
    const price = readMinor(cells.price)
    if (cells.price === '') add('price', 'price_missing')
    else if (price === undefined || price < 1) add('price', 'price_bad')
    if (cells.list !== '') {
      const list = readMinor(cells.list)
      if (list === undefined) add('list', 'list_bad')
      else if (price !== undefined && list < price) add('list', 'list_below_price')
    }
    if (!/^\d{1,7}$/.test(cells.stock)) add('stock', 'stock_bad')
    if (cells.code.length > 40) add('code', 'code_bad')
  }
  return problems
}
