/** The running sum of a curve's bars: what stood at the end of each stretch, and what it added. */
export function reserveTotals(bars: { at: number; count: number }[]): { at: number; more: number; total: number }[] {
  let total = 0
  return bars.map((b) => ({ at: b.at, more: b.count, total: (total += b.count) }))
}
