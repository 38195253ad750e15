/** CSV for spreadsheets: BOM so that Excel reads UTF-8, CRLF (RFC 4180), and cells that start like a formula made harmless. */
export type Cell = string | number | undefined | null

export function toCsv(head: string[], rows: Cell[][]): string {
  return '\uFEFF' + [head, ...rows].map((r) => r.map(cell).join(',')).join('\r\n') + '\r\n'
}

function cell(v: Cell): string {
  if (v === undefined || v === null) return ''
  if (typeof v === 'number') return String(v)
  // A buyer's name such as `=HYPERLINK(…)` must stay text on the merchant's machine.
  const safe = /^[=+\-@\t\r]/.test(v) ? `'${v}` : v
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** A money column: plain major units, two places, no sign, so that sums work. */
export function csvMoney(minor: number): number {
  return Math.round(minor) / 100
}

export function saveFile(name: string, text: string, type = 'text/csv;charset=utf-8'): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const a = document.createElement('a')
  a.href = url
  a.download = name
  a.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
