import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import en from '@/locales/en/common'
import zh from '@/locales/zh-CN/common'
import { withWords } from '../living/testWords'
import DemoPanel from './DemoPanel.vue'
import TourCard from './TourCard.vue'
import { inView, partOf, stops } from './stops'

const sources = Object.values(import.meta.glob<string>('../../{viewer,console,ui}/**/*.vue', { query: '?raw', import: 'default', eager: true })).join('\n')

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function () { this.open = true }
  HTMLDialogElement.prototype.close = function () { this.open = false }
})
afterEach(() => { document.body.innerHTML = '' })

describe('the stops', () => {
  it('are eight, and each has its words in both languages', () => {
    expect(stops).toHaveLength(8)
    for (const { id } of stops) {
      for (const words of [en, zh]) expect((words.tour as unknown as Record<string, { title: string; text: string }>)[id]).toMatchObject({ title: expect.stringMatching(/.+/), text: expect.stringMatching(/.+/) })
    }
  })
  it('point at parts that some screen draws', () => {
    const missing = stops.flatMap((s) => s.targets).filter((name) => !sources.includes(`data-tour="${name}"`))
    expect(missing).toEqual([])
  })
  it('take the first part that is on the screen, and none when there is none', () => {
    document.body.innerHTML = '<i data-tour="b" id="hidden"></i><i data-tour="b" id="seen"></i>'
    const box = (width: number) => () => ({ width, height: width, left: 10, right: 10 + width, top: 10, bottom: 10 + width, x: 10, y: 10 }) as DOMRect
    document.querySelector<HTMLElement>('#hidden')!.getBoundingClientRect = box(0)
    document.querySelector<HTMLElement>('#seen')!.getBoundingClientRect = box(40)
    expect(partOf({ id: 'x', role: 'viewer', targets: ['a', 'b'] })?.id).toBe('seen')
    expect(partOf({ id: 'x', role: 'viewer', targets: ['a'] })).toBeUndefined()
  })
  it('are lit only as far as they stand on the screen', () => {
    expect(inView({ left: -20, top: -5, right: 60, bottom: 50 })).toEqual({ x: 0, y: 0, width: 60, height: 50 })
    expect(inView({ left: 0, top: innerHeight + 1, right: 60, bottom: innerHeight + 50 })).toBeUndefined()
  })
})

describe('TourCard', () => {
  const card = (props = {}) => mount(TourCard, { attachTo: document.body, global: withWords(), props: { title: 'Two taps', text: 'One, two', count: '3 / 8', label: 'Tour', next: 'Next', back: 'Back', skip: 'Stop', ...props } })
  it('walks with the arrow keys and leaves with Escape', async () => {
    const w = card()
    await w.trigger('keydown', { key: 'ArrowRight' })
    await w.trigger('keydown', { key: 'ArrowLeft' })
    await w.trigger('cancel')
    expect(w.emitted()).toMatchObject({ next: [[]], back: [[]], skip: [[]] })
    w.unmount()
  })
  it('does not walk while it is on the way, nor back from the first', async () => {
    const w = card({ busy: true, back: undefined })
    await w.trigger('keydown', { key: 'ArrowRight' })
    await w.trigger('keydown', { key: 'ArrowLeft' })
    await w.get('.tour__next').trigger('click')
    expect(w.emitted('next')).toBeUndefined()
    expect(w.emitted('back')).toBeUndefined()
    w.unmount()
  })
  it('puts the focus on the way on, and dims all when the part is not there', async () => {
    const w = card()
    await vi.waitFor(() => expect(document.activeElement?.textContent).toBe('Next'))
    expect(w.find('.tour__veil').exists()).toBe(true)
    await w.setProps({ spot: { x: 10, y: 300, width: 100, height: 40 } })
    expect(w.get<HTMLElement>('.tour__hole').element.style.width).toBe('112px')
    w.unmount()
  })
})

describe('DemoPanel', () => {
  const panel = (props = {}) => mount(DemoPanel, { global: withWords(), props: { roles: ['viewer', 'host'], role: 'host', paused: false, ...props } })
  it('marks who one is and becomes another', async () => {
    const w = panel()
    expect(w.get('[aria-current]').text()).toContain('host')
    await w.findAll('.panel__role')[0]!.trigger('click')
    expect(w.emitted('become')).toEqual([['viewer']])
  })
  it('asks before it builds anew', async () => {
    const w = panel()
    await w.get('.panel__reset').trigger('click')
    expect(w.emitted('reset')).toBeUndefined()
    await w.get('.panel__no').trigger('click')
    expect(w.find('.panel__yes').exists()).toBe(false)
    await w.get('.panel__reset').trigger('click')
    await w.get('.panel__yes').trigger('click')
    expect(w.emitted('reset')).toHaveLength(1)
  })
  it('pauses and goes on', async () => {
    const w = panel({ paused: true })
    await w.get('[aria-pressed="true"]').trigger('click')
    expect(w.emitted('pause')).toEqual([[false]])
  })
})
