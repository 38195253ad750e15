/** Moving one row of an ordered list; out-of-range moves change nothing. */
export function moveRow<T>(rows: T[], from: number, to: number): T[] {
  if (from === to || from < 0 || to < 0 || from >= rows.length || to >= rows.length) return rows
  const next = [...rows]
  const [row] = next.splice(from, 1)
  next.splice(to, 0, row as T)
  return next
}
