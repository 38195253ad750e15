/** Steps people count in; a scale ends on one of them so that the grid reads without arithmetic. */
const STEPS = [1, 2, 2.5, 5, 10]

/** Grid values from 0 to at least `max`, at most `lines` intervals. A flat zero series still gets a grid of one step. */
export function gridValues(max: number, lines = 4): number[] {
  const top = Number.isFinite(max) && max > 0 ? max : 1
  const raw = top / lines
  const unit = 10 ** Math.floor(Math.log10(raw))
  const step = (STEPS.find((s) => s * unit >= raw * (1 - 1e-9)) ?? 10) * unit
  const values: number[] = []
  // The last line stands at or above the peak: a curve never leaves its frame.
  for (let i = 0; i <= lines + 1; i++) {
    values.push(i * step)
    if (i * step >= top) break
  }
  return values
}

/** Which of `count` labels fit when each needs `need` of `width`; the last one always stands. */
export function labelEvery(count: number, width: number, need: number): number {
  if (count < 2 || width <= 0) return 1
  return Math.max(1, Math.ceil((count * need) / width))
}

export interface Spot {
  x: number
  y: number
}

/** Points of a series in a box: first at the start, last at the end, 0 on the floor. */
export function plotSpots(values: number[], max: number, width: number, height: number): Spot[] {
  const step = values.length > 1 ? width / (values.length - 1) : 0
  return values.map((v, i) => ({ x: round(values.length > 1 ? i * step : width / 2), y: round(height - (max > 0 ? v / max : 0) * height) }))
}

export const linePath = (spots: Spot[]): string => spots.map((s, i) => `${i ? 'L' : 'M'}${s.x} ${s.y}`).join('')

/** The index whose x is nearest to `x`. */
export function nearestSpot(spots: Spot[], x: number): number {
  let best = -1
  for (let i = 0; i < spots.length; i++) if (best < 0 || Math.abs((spots[i] as Spot).x - x) < Math.abs((spots[best] as Spot).x - x)) best = i
  return best
}

const round = (v: number) => Math.round(v * 10) / 10
