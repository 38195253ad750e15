import type { ChartScale, ChartSeries } from './types'

/** Room around the plot, px: an axis figure of six places fits at the start, the scale's name above, times below. */
export const ROOM = { top: 30, end: 46, bottom: 24, start: 52 }

const NICE = [1, 2, 2.5, 5, 10]

/** The top of a scale with `parts` equal intervals, whole numbers at each line; two scales with the same parts share their grid. */
export function scaleTop(max: number, parts: number): number {
  const raw = Math.max(Number.isFinite(max) ? max : 0, parts) / parts
  const unit = 10 ** Math.floor(Math.log10(raw))
  const step = NICE.map((s) => s * unit).find((s) => s >= raw * (1 - 1e-9) && Number.isInteger(s)) ?? 10 * unit
  return step * parts
}

export const topOf = (series: ChartSeries[], side: 'start' | 'end', parts: number): number =>
  scaleTop(Math.max(0, ...series.filter((s) => (s.side ?? 'start') === side).flatMap((s) => s.values.map((v) => v ?? 0))), parts)

/** Where a place on the axis stands, px from the start of the plot; a step's middle is at half. */
export const stepX = (at: number, count: number, width: number): number => (count > 0 ? (at / count) * width : 0)

/** The step under the pointer. */
export const stepAt = (x: number, count: number, width: number): number =>
  width > 0 && count > 0 ? Math.min(count - 1, Math.max(0, Math.floor((x / width) * count))) : -1

export interface Bar { x: number; y: number; width: number; height: number; lit: boolean }
export interface Dot { x: number; y: number }

export interface ChartInput {
  labels: string[]
  /** Steps whose label stands under the axis. */
  ticks: number[]
  series: ChartSeries[]
  parts: number
  start: ChartScale
  end?: ChartScale
  /** Steps that stay full while the others step back. */
  lit?: { from: number; to: number }
}

export interface ChartPlan {
  grid: { y: number; start: string; end: string }[]
  labels: { x: number; text: string }[]
  bars: { series: ChartSeries; bars: Bar[] }[]
  /** A line in its pieces: what was not measured breaks it. */
  lines: { series: ChartSeries; pieces: Dot[][] }[]
}

const BAR_SHARE = 0.7
const BAR_MOST = 14

/** Everything that is drawn, in px of the plot, so that a test can read it. */
export function planChart(c: ChartInput, width: number, height: number): ChartPlan {
  const count = c.labels.length
  const tops = { start: topOf(c.series, 'start', c.parts), end: topOf(c.series, 'end', c.parts) }
  const y = (s: ChartSeries, v: number) => height - (v / tops[s.side ?? 'start']) * height
  const barWidth = Math.min(BAR_MOST, Math.max(1, (width / Math.max(1, count)) * BAR_SHARE))
  const middle = (i: number) => stepX(i + 0.5, count, width)
  return {
    grid: Array.from({ length: c.parts + 1 }, (_, i) => ({
      y: height - (i / c.parts) * height,
      start: c.start.tell((tops.start * i) / c.parts),
      end: c.end?.tell((tops.end * i) / c.parts) ?? '',
    })),
    labels: c.ticks.map((i) => ({ x: middle(i), text: c.labels[i] ?? '' })),
    bars: c.series.filter((s) => s.shape === 'bar').map((series) => ({
      series,
      bars: series.values.flatMap((v, i) => (v ? [{ x: middle(i) - barWidth / 2, y: y(series, v), width: barWidth, height: height - y(series, v), lit: !c.lit || (i >= Math.floor(c.lit.from) && i < c.lit.to) }] : [])),
    })),
    lines: c.series.filter((s) => s.shape === 'line').map((series) => ({ series, pieces: piecesOf(series.values, (v, i) => ({ x: middle(i), y: y(series, v) })) })),
  }
}

function piecesOf(values: (number | null)[], place: (v: number, i: number) => Dot): Dot[][] {
  const pieces: Dot[][] = []
  let open: Dot[] | undefined
  values.forEach((v, i) => {
    if (v === null) {
      open = undefined
      return
    }
    if (!open) pieces.push((open = []))
    open.push(place(v, i))
  })
  return pieces
}
