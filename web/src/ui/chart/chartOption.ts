import type { ChartLook, ChartScale, ChartSeries } from './types'

/** Room around the plot, px: an axis figure of six places fits at the start, the scale's name above, times below. */
export const ROOM = { top: 30, end: 46, bottom: 24, start: 52 }
/** The first drawing may take this long (design notes, motion); later changes take none. */
export const DRAW_MS = 240

const NICE = [1, 2, 2.5, 5, 10]

/** The top of a scale with `parts` equal intervals, whole numbers at each line; two scales with the same parts share their grid. */
export function scaleTop(max: number, parts: number): number {
  const raw = Math.max(Number.isFinite(max) ? max : 0, parts) / parts
  const unit = 10 ** Math.floor(Math.log10(raw))
  const step = (NICE.map((s) => s * unit).find((s) => s >= raw * (1 - 1e-9) && Number.isInteger(s)) ?? 10 * unit)
  return step * parts
}

export const topOf = (series: ChartSeries[], side: 'start' | 'end', parts: number): number =>
  scaleTop(Math.max(0, ...series.filter((s) => (s.side ?? 'start') === side).flatMap((s) => s.values.map((v) => v ?? 0))), parts)

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

/** What the drawing library is told. Pure, so that a test reads it; typed loosely because only its shape matters here. */
export function chartOption(c: ChartInput, look: ChartLook) {
  const shown = new Set(c.ticks)
  const axisText = { color: look.axis, fontSize: 11, fontFamily: look.font }
  const scale = (side: 'start' | 'end', s?: ChartScale) => {
    const top = topOf(c.series, side, c.parts)
    return {
      type: 'value' as const,
      position: side === 'start' ? 'left' as const : 'right' as const,
      show: s !== undefined,
      min: 0,
      max: top,
      interval: top / c.parts,
      name: s?.name ?? '',
      nameGap: 12,
      nameTextStyle: { ...axisText, align: side === 'start' ? 'right' as const : 'left' as const },
      axisLabel: { ...axisText, margin: 10, formatter: (v: number) => s?.tell(v) ?? '' },
      splitLine: { show: side === 'start', lineStyle: { color: look.grid } },
    }
  }
  const dim = (i: number) => (c.lit && (i < Math.floor(c.lit.from) || i >= c.lit.to) ? 0.45 : 1)
  return {
    animation: !look.still,
    animationDuration: DRAW_MS,
    animationDurationUpdate: 0,
    textStyle: { fontFamily: look.font },
    grid: { top: ROOM.top, right: ROOM.end, bottom: ROOM.bottom, left: ROOM.start, containLabel: false },
    xAxis: {
      type: 'category' as const,
      data: c.labels,
      boundaryGap: true,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: look.floor } },
      axisLabel: { ...axisText, interval: (i: number) => shown.has(i), showMinLabel: null, showMaxLabel: null },
    },
    yAxis: [scale('start', c.start), scale('end', c.end)],
    series: c.series.map((s) => {
      const colour = look.colour[s.colour]
      const common = { id: s.id, name: s.name, yAxisIndex: s.side === 'end' ? 1 : 0, silent: true, color: colour }
      if (s.shape === 'bar') {
        return {
          ...common,
          type: 'bar' as const,
          barMaxWidth: 14,
          barCategoryGap: '30%',
          itemStyle: { color: colour, borderRadius: [1.5, 1.5, 0, 0] },
          data: s.values.map((value, i) => ({ value, itemStyle: { opacity: (c.lit ? 1 : 0.62) * (c.lit && dim(i) < 1 ? 0.5 : 1) } })),
        }
      }
      return {
        ...common,
        type: 'line' as const,
        data: s.values,
        // One measured step alone still shows.
        showSymbol: s.values.filter((v) => v !== null).length === 1,
        symbolSize: 6,
        connectNulls: false,
        z: 3,
        lineStyle: { width: 2, color: colour, type: s.dashed ? 'dashed' as const : 'solid' as const, join: 'round' as const },
        ...(s.fill ? { areaStyle: { color: colour, opacity: look.fill } } : {}),
      }
    }),
  }
}

/** Where a step's middle stands, px from the start of the plot. */
export const stepX = (at: number, count: number, width: number): number => (count > 0 ? (at / count) * width : 0)

/** The step under the pointer. */
export const stepAt = (x: number, count: number, width: number): number =>
  width > 0 && count > 0 ? Math.min(count - 1, Math.max(0, Math.floor((x / width) * count))) : -1
