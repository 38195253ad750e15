/** Waybill lines as merchants have them: `order number, carrier, tracking`, pasted from a table or read from a CSV file. */
export interface Waybill {
  line: number
  number: string
  carrier: string
  trackingNo: string
}

export interface WaybillProblem {
  line: number
  text: string
  code: 'columns' | 'number' | 'carrier' | 'tracking' | 'order_twice' | 'tracking_twice' | 'unknown' | 'not_to_ship' | 'refund_asked'
  /** The line this one clashes with, for the two `twice` codes. */
  with?: number
}

export interface WaybillSheet {
  rows: Waybill[]
  problems: WaybillProblem[]
}

/** The server takes a sheet of this many lines; a longer one is a mistake or somebody else's file. */
export const SHEET_LINES = 2000

export function parseWaybills(text: string): WaybillSheet {
  const rows: Waybill[] = []
  const problems: WaybillProblem[] = []
  const orders = new Map<string, number>()
  const waybills = new Map<string, number>()
  const lines = splitLines(text.replace(/^\uFEFF/, '')).slice(0, SHEET_LINES)
  lines.forEach((raw, index) => {
    const line = index + 1
    if (raw.trim() === '') return
    const cells = splitCells(raw)
    if (index === 0 && !/\d/.test(cells[0] ?? '')) return // a head row has words where the number would be
    const found = readRow(cells, line)
    if ('code' in found) {
      problems.push({ line, text: raw.trim(), code: found.code })
      return
    }
    const clash = orders.get(found.number)
    if (clash !== undefined) {
      problems.push({ line, text: raw.trim(), code: 'order_twice', with: clash })
      return
    }
    const same = waybills.get(found.trackingNo)
    if (same !== undefined) {
      problems.push({ line, text: raw.trim(), code: 'tracking_twice', with: same })
      return
    }
    orders.set(found.number, line)
    waybills.set(found.trackingNo, line)
    rows.push(found)
  })
  return { rows, problems }
}

function readRow(cells: string[], line: number): Waybill | { code: WaybillProblem['code'] } {
  if (cells.length < 3) return { code: 'columns' }
  const number = compact(cells[0] ?? '')
  const carrier = (cells[1] ?? '').trim()
  const trackingNo = compact(cells[2] ?? '').toUpperCase()
  if (!/^[A-Za-z0-9_-]{6,40}$/.test(number)) return { code: 'number' }
  if (carrier === '' || carrier.length > 40) return { code: 'carrier' }
  if (!/^[A-Z0-9-]{5,40}$/.test(trackingNo)) return { code: 'tracking' }
  return { line, number, carrier, trackingNo }
}

// Numbers are shown in groups of four; what is copied from the screen must be accepted.
// A leading apostrophe is how spreadsheets keep a long number as text.
function compact(cell: string): string {
  return cell.replace(/^[='"]+|["']+$/g, '').replace(/\s+/g, '')
}

function splitLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/)
}

/** Cells of one line: tab, comma, full-width comma or semicolon; a quoted cell may hold the separator. */
export function splitCells(line: string): string[] {
  const separator = line.includes('\t') ? '\t' : undefined
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const c = line[i] as string
    if (quoted) {
      if (c === '"' && line[i + 1] === '"') {
        cell += '"'
        i++
      } else if (c === '"') quoted = false
      else cell += c
      continue
    }
    if (c === '"' && cell.trim() === '') {
      quoted = true
      cell = ''
    } else if (separator ? c === separator : c === ',' || c === '，' || c === ';' || c === '；') {
      cells.push(cell)
      cell = ''
    } else cell += c
  }
  cells.push(cell)
  return cells.map((v) => v.trim())
}

/** What an order must tell to be shipped. */
export interface Shippable {
  id: string
  number: string
  state: string
  refund?: { state: string }
}

export interface Match {
  ready: { orderId: string; number: string; carrier: string; trackingNo: string }[]
  problems: WaybillProblem[]
}

/** Lines joined with the orders they name. An order whose buyer asked for a refund is left out: the parcel would come back. */
export function matchOrders(sheet: WaybillSheet, orders: Shippable[]): Match {
  const byNumber = new Map(orders.map((o) => [o.number, o]))
  const match: Match = { ready: [], problems: [...sheet.problems] }
  for (const row of sheet.rows) {
    const order = byNumber.get(row.number)
    const bad = (code: WaybillProblem['code']) => match.problems.push({ line: row.line, text: `${row.number}, ${row.carrier}, ${row.trackingNo}`, code })
    if (!order) bad('unknown')
    else if (order.refund && ['asked', 'approved', 'refunding'].includes(order.refund.state)) bad('refund_asked')
    else if (order.state !== 'paid') bad('not_to_ship')
    else match.ready.push({ orderId: order.id, number: row.number, carrier: row.carrier, trackingNo: row.trackingNo })
  }
  match.problems.sort((a, b) => a.line - b.line)
  return match
}
