/** A chart token of tokens.css, without `--hk-`. */
export type ChartColour = 'chart-1' | 'chart-2' | 'chart-3' | 'chart-4' | 'chart-5' | 'chart-6' | 'chart-rest'

export interface ChartSeries {
  id: string
  name: string
  shape: 'line' | 'bar'
  /** One value a step; null where nothing was measured, which breaks a line. */
  values: (number | null)[]
  colour: ChartColour
  /** Which scale it is read on; at most one of each shape should stand on `end`. */
  side?: 'start' | 'end'
  /** At most one line of a chart is filled. */
  fill?: boolean
  /** A comparison: dashed. */
  dashed?: boolean
  /** The value as the pointer and the table say it. */
  tell: (value: number) => string
}

/** A stretch or a moment on a track under the axis. Places are steps, with fractions: 2.5 is the middle of the third. */
export interface ChartSpan {
  id: string
  from: number
  /** Absent: a moment. */
  to?: number
  label: string
  /** The whole of it, for the pointer and for readers. */
  title: string
  tone?: 'accent' | 'warn'
}

export interface ChartTrack {
  id: string
  name: string
  spans: ChartSpan[]
}

export interface ChartScale {
  /** Above the axis. */
  name?: string
  tell: (value: number) => string
}

/** The colours and sizes a canvas cannot read from CSS by itself. */
export interface ChartLook {
  colour: Record<ChartColour, string>
  grid: string
  axis: string
  floor: string
  font: string
  fill: number
  still: boolean
}
