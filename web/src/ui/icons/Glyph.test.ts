import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import Glyph from './Glyph.vue'
import Icon, { strokeAt } from './Icon'
import { shapes, type IconName, type Node } from './shapes'

const names = Object.keys(shapes) as IconName[]
const flat = (nodes: readonly Node[]): Node[] => nodes.flatMap((n) => [n, ...flat(n[2] ?? [])])

describe('the set', () => {
  it('stands on one grid: 24, and 12 for the live bars alone', () => {
    expect(names.filter((n) => shapes[n].box !== '0 0 24 24')).toEqual(['live'])
  })
  it('has one line weight; only marks that would vanish are heavier', () => {
    const heavier = names.filter((n) => shapes[n].line && flat(shapes[n].nodes).some(([, a]) => 'stroke-width' in a))
    expect(heavier.sort()).toEqual(['cart', 'pause'])
  })
  it('draws nothing outside its box', () => {
    // Absolute positions only: where a path begins, circles and rectangles.
    for (const name of names) {
      for (const [tag, a] of flat(shapes[name].nodes)) {
        const points = tag === 'path' ? [...(a.d ?? '').matchAll(/M(-?[\d.]+)[ ,](-?[\d.]+)/g)].flatMap((m) => [Number(m[1]), Number(m[2])])
          : tag === 'circle' ? [Number(a.cx) - Number(a.r), Number(a.cx) + Number(a.r), Number(a.cy) - Number(a.r), Number(a.cy) + Number(a.r)]
            : tag === 'rect' ? [Number(a.x), Number(a.y), Number(a.x) + Number(a.width), Number(a.y) + Number(a.height)] : []
        for (const p of points) expect(p >= 1 && p <= 23, `${name}: ${p}`).toBe(true)
      }
    }
  })
  it('takes its colour from the words beside it', () => {
    for (const name of names) {
      if (!shapes[name].line) continue
      for (const [, a] of flat(shapes[name].nodes)) expect(['none', 'currentColor', undefined], name).toContain(a.fill)
    }
  })
  it('keeps between 1.75 and 2 on its grid at every size', () => {
    for (const size of [12, 16, 20, 24, 28, 32, 48]) expect(strokeAt(size) >= 1.75 && strokeAt(size) <= 2).toBe(true)
  })
})

describe('Icon', () => {
  it('is hidden from readers until it has a name', () => {
    expect(mount(Icon, { props: { name: 'bag' } }).attributes('aria-hidden')).toBe('true')
    const named = mount(Icon, { props: { name: 'verified', label: 'Verified' } })
    expect([named.attributes('role'), named.attributes('aria-label'), named.attributes('aria-hidden')]).toEqual(['img', 'Verified', undefined])
  })
  it('draws the same shape as a glyph', () => {
    expect(mount(Glyph, { props: { name: 'bag', size: 24 } }).html()).toContain(shapes.bag.nodes[0]?.[1].d)
  })
})
