import type { ChartColour, ChartLook } from './types'

const colours: ChartColour[] = ['chart-1', 'chart-2', 'chart-3', 'chart-4', 'chart-5', 'chart-6', 'chart-rest']

/** Reads the tokens that hold where the chart stands: a canvas has no CSS of its own. */
export function readLook(el: Element): ChartLook {
  const css = getComputedStyle(el)
  const token = (name: string) => css.getPropertyValue(`--hk-${name}`).trim()
  return {
    colour: Object.fromEntries(colours.map((c) => [c, token(c)])) as Record<ChartColour, string>,
    grid: token('chart-grid'),
    axis: token('chart-axis'),
    floor: token('line-strong'),
    font: css.fontFamily,
    fill: Number(token('chart-fill')) || 0.1,
    still: matchMedia('(prefers-reduced-motion: reduce)').matches,
  }
}
