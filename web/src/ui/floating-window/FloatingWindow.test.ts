import { mount } from '@vue/test-utils'
import { nextTick } from 'vue'
import { afterEach, describe, expect, it } from 'vitest'
import FloatingWindow from './FloatingWindow.vue'
import { clamp, edgeGap, overlaps, restPlace, snap } from './place'

const view = { width: 390, height: 844 }
const size = { width: 116, height: 206 }
const bar = { x: 0, y: 794, width: 390, height: 50 }

describe('a resting place', () => {
  it('snaps to the nearer side and stays inside', () => {
    expect(snap({ x: 40, y: 300 }, size, view)).toEqual({ x: edgeGap, y: 300 })
    expect(snap({ x: 300, y: 9000 }, size, view)).toEqual({ x: 390 - 116 - edgeGap, y: 844 - 206 - edgeGap })
    expect(clamp({ x: -50, y: -50 }, size, view)).toEqual({ x: edgeGap, y: edgeGap })
  })
  it('rises above a bar at the lower edge', () => {
    const p = restPlace({ x: 390, y: 844 }, size, view, [bar])
    expect(overlaps({ ...p, ...size }, bar)).toBe(false)
    expect(p.x).toBe(390 - 116 - edgeGap)
    expect(p.y).toBeGreaterThan(500)
  })
  it('goes to the other side when a whole column is taken', () => {
    const rail = { x: 320, y: 0, width: 70, height: 844 }
    expect(restPlace({ x: 390, y: 844 }, size, view, [rail, bar]).x).toBe(edgeGap)
  })
  it('keeps the wish when nothing is free', () => {
    const all = { x: 0, y: 0, width: 390, height: 844 }
    expect(restPlace({ x: 390, y: 300 }, size, view, [all])).toEqual({ x: 390 - 116 - edgeGap, y: 300 })
  })
})

describe('the window', () => {
  const open = (floating: boolean) => mount(FloatingWindow, { props: { floating, label: '小窗' }, slots: { default: '<video /><button>back</button>' }, attachTo: document.body })
  afterEach(() => { document.body.innerHTML = '' })

  it('keeps the very same content when it turns small and full again', async () => {
    const w = open(false)
    const picture = w.find('video').element
    await w.setProps({ floating: true })
    expect(w.find('video').element).toBe(picture)
    expect(w.attributes('data-floating')).toBe('')
    await w.setProps({ floating: false })
    expect(w.find('video').element).toBe(picture)
    expect(w.attributes('style')).toBeUndefined()
  })
  it('is moved by the arrow keys, from side to side and up', async () => {
    const w = open(true)
    await nextTick()
    await nextTick()
    const place = () => /translate\((-?\d+)px, (-?\d+)px\)/.exec(w.attributes('style') ?? '')?.slice(1).map(Number) ?? []
    const [x0 = 0, y0 = 0] = place()
    await w.find('button').trigger('keydown', { key: 'ArrowLeft' })
    expect(place()[0]).toBeLessThan(x0)
    await w.find('button').trigger('keydown', { key: 'ArrowUp' })
    expect(place()[1]).toBeLessThan(y0)
  })
  it('follows a drag, and the click that ends it presses nothing', async () => {
    const w = open(true)
    await nextTick()
    await nextTick()
    let pressed = 0
    w.find('button').element.addEventListener('click', () => { pressed++ })
    const at = (type: string, x: number, y: number) => new PointerEvent(type, { clientX: x, clientY: y, pointerId: 1, button: 0, bubbles: true })
    w.find('button').element.dispatchEvent(at('pointerdown', 900, 600))
    window.dispatchEvent(at('pointermove', 100, 300))
    await nextTick()
    expect(w.classes()).toContain('floatwin--drag')
    window.dispatchEvent(at('pointerup', 100, 300))
    w.find('button').element.click()
    expect(pressed).toBe(0)
    await new Promise((r) => setTimeout(r, 5))
    w.find('button').element.click()
    expect(pressed).toBe(1)
    await nextTick()
    expect(w.attributes('style')).toContain(`translate(${edgeGap}px`)
  })
})
