/** The palette's list: do → go → things, eight rows, best matches first. */
export type PaletteKind = 'do' | 'go' | 'thing'

export interface PaletteRow {
  id: string
  kind: PaletteKind
  label: string
  note?: string
  /** Other words it is found by; never shown. */
  also?: string
  icon: string
  imageUrl?: string
  chord?: string
  /** A person: found by `@`. */
  person?: boolean
  /** Where it leads, when it only leads somewhere: Mod+Enter opens that beside the page. */
  to?: string
  /** A command that destroys opens its question here and never acts from the list. */
  run: () => void
}

export const PALETTE_ROWS = 8
const order: PaletteKind[] = ['do', 'go', 'thing']

export interface PaletteQuery {
  text: string
  scope: 'all' | 'do' | 'orders' | 'people'
}

/** `>` asks for commands only, `#` for an order number, `@` for people. */
export function readQuery(raw: string): PaletteQuery {
  const text = raw.trim()
  if (text.startsWith('>')) return { text: text.slice(1).trim(), scope: 'do' }
  if (text.startsWith('#')) return { text: text.slice(1).replace(/\s+/g, ''), scope: 'orders' }
  if (text.startsWith('@')) return { text: text.slice(1).trim(), scope: 'people' }
  return { text, scope: 'all' }
}

export function pickRows(rows: PaletteRow[], query: PaletteQuery): PaletteRow[] {
  const needle = query.text.toLowerCase()
  const scored = rows
    .filter((r) => query.scope !== 'do' || r.kind === 'do')
    .filter((r) => query.scope !== 'orders' || (r.kind === 'thing' && !r.person))
    .filter((r) => query.scope !== 'people' || r.person === true)
    .map((row, at) => ({ row, at, score: needle === '' ? 1 : score(row, needle) }))
    .filter((x) => x.score > 0)
    .sort((a, b) => order.indexOf(a.row.kind) - order.indexOf(b.row.kind) || b.score - a.score || a.at - b.at)
  return trim(scored.map((x) => x.row))
}

// Things found on the server must not be pushed out by commands: each kind keeps at least two of the eight rows.
function trim(rows: PaletteRow[]): PaletteRow[] {
  if (rows.length <= PALETTE_ROWS) return rows
  const kept = new Set(order.flatMap((k) => rows.filter((r) => r.kind === k).slice(0, 2)))
  for (const row of rows) {
    if (kept.size >= PALETTE_ROWS) break
    kept.add(row)
  }
  return rows.filter((r) => kept.has(r))
}

function score(row: PaletteRow, needle: string): number {
  const label = row.label.toLowerCase()
  if (label.startsWith(needle)) return 4
  if (label.includes(needle)) return 3
  if (`${row.note ?? ''} ${row.also ?? ''}`.toLowerCase().includes(needle)) return 2
  return row.kind === 'thing' ? 1 : 0 // the server found it; its words may be in a field not shown here
}

/** The label cut at the match, so that it can be marked without markup in the text. */
export function splitMatch(label: string, needle: string): [string, string, string] {
  const at = needle === '' ? -1 : label.toLowerCase().indexOf(needle.toLowerCase())
  if (at < 0) return [label, '', '']
  return [label.slice(0, at), label.slice(at, at + needle.length), label.slice(at + needle.length)]
}
