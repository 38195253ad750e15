import { describe, expect, it } from 'vitest'
import { explainedAt, funnelOf, lossesOf, sortGoods, spansOf, ticksOf, widen, type ReviewPoint } from './review'

const MIN = 60_000
const at = Date.UTC(2026, 10, 20, 11, 33)
const point = (i: number, o: Partial<ReviewPoint> = {}): ReviewPoint => ({ at: at + i * MIN, measured: true, peak: i, enters: 1, likes: 2, comments: 0, follows: 0, orders: 1, gmvMinor: 100, watchMs: 10, ...o })

describe('widen', () => {
  it('adds up, keeps the peak and begins on round minutes', () => {
    const wide = widen([0, 1, 2, 3].map((i) => point(i)), MIN, 5) // 11:33 to 11:36
    expect(wide.map((p) => [new Date(p.at).getUTCMinutes(), p.orders, p.peak])).toEqual([[30, 2, 1], [35, 2, 3]])
  })
  it('is unmeasured only when none of its parts was measured', () => {
    expect(widen([point(2, { measured: false }), point(3)], MIN, 5)[0]?.measured).toBe(true)
    expect(widen([point(2, { measured: false })], MIN, 5)[0]?.measured).toBe(false)
  })
  it('leaves the points alone at one', () => {
    const points = [point(0)]
    expect(widen(points, MIN, 1)).toBe(points)
  })
})

it('writes times on round clock minutes, at most nine', () => {
  const points = Array.from({ length: 183 }, (_, i) => point(i))
  const ticks = ticksOf(points, 8 * 60 * MIN)
  expect(ticks.length).toBeLessThanOrEqual(9)
  expect(ticks.every((i) => new Date(points[i]?.at ?? 0).getUTCMinutes() % 30 === 0)).toBe(true)
  expect(ticksOf([point(0), point(1)], 0)).toEqual([0, 1])
  expect(ticksOf([], 0)).toEqual([])
})

it('places a stretch on its minutes and never outside the session', () => {
  const points = [0, 1, 2].map((i) => point(i))
  const spans = spansOf([{ id: 'a', from: at + 90_000, to: at + 9 * MIN, label: '', title: '' }, { id: 'b', from: at - 5, label: '', title: '' }], points, MIN)
  expect(spans.map((s) => [s.from, s.to])).toEqual([[1.5, 3], [0, undefined]])
})

it('pairs the losses of a picture, the last one until the end', () => {
  const m = (kind: 'lost' | 'back' | 'pin', when: number) => ({ kind, at: when })
  expect(lossesOf([m('back', 1), m('lost', 5), m('lost', 6), m('pin', 7), m('back', 9), m('lost', 12)], 20)).toEqual([{ from: 5, to: 9 }, { from: 12, to: 20 }])
})

it('names the product spoken of most in a step', () => {
  const e = [{ productId: 'a', fromMs: 0, toMs: 80_000 }, { productId: 'b', fromMs: 80_000, toMs: 200_000 }]
  expect(explainedAt(e, at, at + MIN, at + 2 * MIN)).toBe('b')
  expect(explainedAt(e, at, at + 9 * MIN, at + 10 * MIN)).toBeUndefined()
})

it('says a rate only of something', () => {
  expect(funnelOf({ entered: 200, openers: 50, placed: 0, orders: 0 }).map((s) => s.rate)).toEqual([undefined, 0.25, 0, undefined])
})

it('sorts goods by a figure, then by their place on the shelf', () => {
  const g = (number: number | undefined, orders: number) => ({ productId: '', title: '', imageUrl: '', explainedMs: 0, opens: 0, quantity: 0, amountMinor: 0, number, orders })
  expect(sortGoods([g(undefined, 3), g(2, 3), g(1, 0)], 'orders').map((x) => x.number)).toEqual([2, undefined, 1])
  expect(sortGoods([g(undefined, 3), g(2, 3), g(1, 0)], 'number').map((x) => x.number)).toEqual([1, 2, undefined])
})
