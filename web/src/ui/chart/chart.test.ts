import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createI18n } from 'vue-i18n'
import ChartFrame from './ChartFrame.vue'
import ChartPlot from './ChartPlot.vue'
import ChartTracks from './ChartTracks.vue'
import { chartOption, scaleTop, stepAt } from './chartOption'
import type { ChartLook, ChartSeries } from './types'

const drawn = { setOption: vi.fn(), resize: vi.fn(), dispose: vi.fn() }
vi.mock('./canvas', () => ({ init: () => drawn }))

const series: ChartSeries[] = [
  { id: 'online', name: 'Online', shape: 'line', values: [3, null, 5486], colour: 'chart-1', fill: true, tell: String },
  { id: 'orders', name: 'Orders', shape: 'bar', values: [1, 2, 0], colour: 'chart-2', side: 'end', tell: String },
]
const look: ChartLook = { colour: { 'chart-1': 'blue', 'chart-2': 'red', 'chart-3': '', 'chart-4': '', 'chart-5': '', 'chart-6': '', 'chart-rest': '' }, sheet: '', grid: '', axis: '', floor: '', font: '', fill: 0.1, still: true }
const input = { labels: ['19:30', '19:31', '19:32'], ticks: [0], series, parts: 3, start: { tell: String }, end: { tell: String } }
const frame = { title: 'Online and orders', labels: input.labels, ticks: [0], series, start: { tell: String }, stepName: 'Time', file: 'room' }
const i18n = createI18n({ legacy: false, locale: 'en', messages: { en: { common: { loading: 'Loading', chart: { asTable: 'As table', asChart: 'As chart' } } } } })

beforeEach(() => vi.clearAllMocks())
afterEach(() => document.documentElement.removeAttribute('data-theme'))

it('puts both scales on one grid of whole numbers', () => {
  expect(scaleTop(5486, 3)).toBe(6000)
  expect(scaleTop(0, 3)).toBe(3)
  expect(scaleTop(7, 3)).toBe(15)
  for (let max = 1; max < 1e7; max = Math.ceil(max * 1.7)) {
    expect(scaleTop(max, 3)).toBeGreaterThanOrEqual(max)
    expect(Number.isInteger(scaleTop(max, 3) / 3)).toBe(true)
  }
  const [start, end] = chartOption(input, look).yAxis
  expect((start?.max ?? 0) / (start?.interval ?? 1)).toBe((end?.max ?? 0) / (end?.interval ?? 1))
})

it('says what is unknown as a gap, and stands still when motion is reduced', () => {
  const o = chartOption(input, look)
  expect(o.series[0]).toMatchObject({ type: 'line', data: [3, null, 5486], connectNulls: false, areaStyle: { opacity: 0.1 } })
  expect(o.series[1]).toMatchObject({ type: 'bar', yAxisIndex: 1 })
  expect(o.animation).toBe(false)
  expect(chartOption(input, { ...look, still: false }).animation).toBe(true)
})

it('lights the steps of a span and dims the others', () => {
  const bars = chartOption({ ...input, lit: { from: 1, to: 2 } }, look).series[1]?.data as { itemStyle: { opacity: number } }[]
  const opacity = bars.map((b) => b.itemStyle.opacity)
  expect(opacity[1]).toBe(1)
  expect(opacity[0]).toBeLessThan(1)
  expect(opacity[2]).toBeLessThan(1)
})

it('finds the step under the pointer, also beyond the edges', () => {
  expect([stepAt(-5, 3, 300), stepAt(150, 3, 300), stepAt(400, 3, 300), stepAt(1, 0, 300)]).toEqual([0, 1, 2, -1])
})

it('draws anew when the theme changes and lets go at the end', async () => {
  const w = mount(ChartPlot, { props: { ...input, label: 'Online' }, attachTo: document.body })
  await flushPromises()
  await vi.waitFor(() => expect(drawn.setOption).toHaveBeenCalledTimes(1))
  document.documentElement.setAttribute('data-theme', 'dark')
  await vi.waitFor(() => expect(drawn.setOption).toHaveBeenCalledTimes(2))
  w.unmount()
  expect(drawn.dispose).toHaveBeenCalledOnce()
})

it('is read by keys: arrows walk the steps and say them', async () => {
  const w = mount(ChartPlot, { props: { ...input, label: 'Online' } })
  await w.get('.box').trigger('keydown', { key: 'ArrowRight' })
  expect(w.get('[aria-live]').text()).toBe('19:30 Online 3; Orders 1')
  await w.get('.box').trigger('keydown', { key: 'End' })
  expect(w.get('[aria-live]').text()).toContain('5486')
})

it('tells a track by name and lights on focus as on pointing', async () => {
  const span = { id: 'a', from: 0, to: 1.5, label: '6', title: 'No. 6, 90 s' }
  const w = mount(ChartTracks, { props: { tracks: [{ id: 'e', name: 'Explained', spans: [span] }], count: 3 } })
  expect(w.get('.span').attributes('style')).toContain('50%')
  await w.get('.span').trigger('focus')
  await w.get('.span').trigger('blur')
  expect(w.emitted('light')).toEqual([[span], [undefined]])
})

it('gives the same numbers as a table, gaps as a dash', async () => {
  const w = mount(ChartFrame, { props: frame, global: { plugins: [i18n] } })
  await w.get('[aria-pressed]').trigger('click')
  expect(w.findAll('tbody tr').map((r) => r.text())).toEqual(['19:3031', '19:31—2', '19:3254860'])
})

it('keeps its frame while loading, and says one sentence when empty', () => {
  const loading = mount(ChartFrame, { props: { ...frame, labels: [], loading: true }, global: { plugins: [i18n] } })
  expect(loading.find('.bones').exists()).toBe(true)
  expect(mount(ChartFrame, { props: { ...frame, empty: 'Nothing was measured' }, global: { plugins: [i18n] } }).get('p.face').text()).toBe('Nothing was measured')
})
