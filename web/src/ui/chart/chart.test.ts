import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createI18n } from 'vue-i18n'
import ChartFrame from './ChartFrame.vue'
import ChartPlot from './ChartPlot.vue'
import ChartTracks from './ChartTracks.vue'
import { planChart, scaleTop, stepAt } from './chartPlan'
import type { ChartSeries } from './types'

const series: ChartSeries[] = [
  { id: 'online', name: 'Online', shape: 'line', values: [3, null, 5486], colour: 'chart-1', fill: true, tell: String },
  { id: 'orders', name: 'Orders', shape: 'bar', values: [1, 2, 0], colour: 'chart-2', side: 'end', tell: String },
]
const input = { labels: ['19:30', '19:31', '19:32'], ticks: [0], series, parts: 3, start: { tell: String }, end: { tell: String } }
const frame = { title: 'Online and orders', labels: input.labels, ticks: [0], series, start: { tell: String }, stepName: 'Time', file: 'room' }
const i18n = createI18n({ legacy: false, locale: 'en', messages: { en: { common: { loading: 'Loading', chart: { asTable: 'As table', asChart: 'As chart' } } } } })

const calls: string[] = []
const pen = new Proxy({}, { get: (_, name) => (...args: unknown[]) => { if (name === 'fillText') calls.push(String(args[0])) }, set: () => true })
beforeEach(() => {
  calls.length = 0
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(pen as never)
  vi.stubGlobal('Path2D', class { lineTo() {} moveTo() {} })
  vi.stubGlobal('matchMedia', () => ({ matches: true }))
  vi.stubGlobal('ResizeObserver', class { constructor(private on: (e: object[]) => void) {} observe() { this.on([{ contentRect: { width: 398, height: 250 } }]) } disconnect() {} unobserve() {} })
})
afterEach(() => {
  document.documentElement.removeAttribute('data-theme')
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

it('puts both scales on one grid of whole numbers', () => {
  expect(scaleTop(5486, 3)).toBe(6000)
  expect(scaleTop(0, 3)).toBe(3)
  expect(scaleTop(7, 3)).toBe(15)
  for (let max = 1; max < 1e7; max = Math.ceil(max * 1.7)) {
    expect(scaleTop(max, 3)).toBeGreaterThanOrEqual(max)
    expect(Number.isInteger(scaleTop(max, 3) / 3)).toBe(true)
  }
  const plan = planChart(input, 300, 200)
  expect(plan.grid.map((l) => [l.y, l.start, l.end])).toEqual([[200, '0', '0'], [expect.closeTo(133.3, 1), '2000', '1'], [expect.closeTo(66.7, 1), '4000', '2'], [0, '6000', '3']])
})

it('says what is unknown as a gap', () => {
  const plan = planChart(input, 300, 200)
  expect(plan.lines[0]?.pieces.map((p) => p.map((d) => d.x))).toEqual([[50], [250]])
  expect(plan.bars[0]?.bars).toHaveLength(2) // a bar of nothing is not drawn
})

it('lights the steps of a span and dims the others', () => {
  expect(planChart({ ...input, lit: { from: 1.4, to: 2 } }, 300, 200).bars[0]?.bars.map((b) => b.lit)).toEqual([false, true])
  expect(planChart(input, 300, 200).bars[0]?.bars.every((b) => b.lit)).toBe(true)
})

it('finds the step under the pointer, also beyond the edges', () => {
  expect([stepAt(-5, 3, 300), stepAt(150, 3, 300), stepAt(400, 3, 300), stepAt(1, 0, 300)]).toEqual([0, 1, 2, -1])
})

it('draws anew when the theme changes, and nothing after it has gone', async () => {
  const w = mount(ChartPlot, { props: { ...input, label: 'Online' }, attachTo: document.body })
  await vi.waitFor(() => expect(calls).toContain('19:30'))
  calls.length = 0
  document.documentElement.setAttribute('data-theme', 'dark')
  await vi.waitFor(() => expect(calls).toContain('6000'))
  w.unmount()
  calls.length = 0
  document.documentElement.setAttribute('data-theme', 'light')
  await flushPromises()
  expect(calls).toEqual([])
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
