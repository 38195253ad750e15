import { LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([LineChart, GridComponent, TooltipComponent, SVGRenderer])

export interface SalesPoint {
  day: string
  value: number
  orders: number
}

export interface SalesWords {
  axis: (minor: number) => string
  tip: (d: SalesPoint) => string
  peak: (d: SalesPoint) => string
}

export interface SalesPlot {
  set: (points: SalesPoint[], words: SalesWords) => void
  dispose: () => void
}

/** One filled line with its peak labelled; colours are read from the tokens each time, so a theme change redraws right. */
export function makeSalesPlot(box: HTMLElement): SalesPlot {
  const chart = init(box, undefined, { renderer: 'svg' })
  const resize = new ResizeObserver(() => chart.resize())
  resize.observe(box)
  return {
    set(points, words) {
      const css = getComputedStyle(box)
      const token = (name: string) => css.getPropertyValue(name).trim()
      const top = points.reduce<SalesPoint | undefined>((a, b) => (!a || b.value > a.value ? b : a), undefined)
      // A peak at the right edge is labelled to its left, or the frame would cut it.
      const late = top !== undefined && points.indexOf(top) > points.length * 0.85
      const still = matchMedia('(prefers-reduced-motion: reduce)').matches
      chart.setOption({
        animation: !still,
        animationDuration: 240,
        grid: { left: 8, right: 16, top: 28, bottom: 4, containLabel: true },
        textStyle: { fontFamily: css.fontFamily, fontSize: 11 },
        tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, backgroundColor: token('--hk-sheet'), borderColor: token('--hk-line'), textStyle: { color: token('--hk-ink'), fontSize: 12 }, formatter: (p: unknown) => words.tip(points[(p as { dataIndex: number }[])[0]?.dataIndex ?? 0] as SalesPoint) },
        xAxis: { type: 'category', data: points.map((d) => d.day), boundaryGap: false, axisTick: { show: false }, axisLine: { lineStyle: { color: token('--hk-line') } }, axisLabel: { color: token('--hk-chart-axis') } },
        yAxis: { type: 'value', min: 0, splitNumber: 4, axisLabel: { color: token('--hk-chart-axis'), formatter: words.axis }, splitLine: { lineStyle: { color: token('--hk-chart-grid') } } },
        series: [{
          type: 'line',
          // Only the peak has a mark; the others have size 0, which is cheaper than a mark component.
          data: points.map((d) => (d === top && d.value > 0
            ? { value: d.value, symbolSize: 6, label: { show: true, position: late ? 'left' as const : 'top' as const, formatter: words.peak(d), color: token('--hk-ink'), fontWeight: 600, fontSize: 12 } }
            : { value: d.value, symbolSize: 0 })),
          symbol: 'circle',
          showAllSymbol: true,
          lineStyle: { width: 2, color: token('--hk-chart-1') },
          itemStyle: { color: token('--hk-chart-1') },
          areaStyle: { color: token('--hk-chart-1'), opacity: Number(token('--hk-chart-fill')) || 0.1 },
        }],
      }, { notMerge: true })
    },
    dispose() {
      resize.disconnect()
      chart.dispose()
    },
  }
}
