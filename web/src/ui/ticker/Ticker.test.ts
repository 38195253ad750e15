import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import Ticker from './Ticker.vue'
import { createTicker, showMs, type Purchase, type TickerLine } from './ticker'

const bought = (from: number, n: number, productId = 'bowl'): Purchase[] =>
  Array.from({ length: n }, (_, i) => ({ key: `1-${from + i}`, name: `p${from + i}`, productId, title: productId }))

beforeEach(() => { vi.useFakeTimers() })

function setup() {
  const lines: (TickerLine | undefined)[] = []
  const t = createTicker({ onLine: (l) => lines.push(l), setTimer: (fn, ms) => window.setTimeout(fn, ms), clearTimer: (id) => window.clearTimeout(id) })
  return { lines, ...t, said: () => lines.map((l) => (l ? `${l.first.name}×${l.n}` : '-')) }
}

describe('the ticker', () => {
  it('says up to three one after the other, each for its time', () => {
    const s = setup()
    s.take(bought(1, 3))
    expect(s.said()).toEqual(['p1×1'])
    vi.advanceTimersByTime(showMs * 3)
    expect(s.said()).toEqual(['p1×1', 'p2×1', 'p3×1', '-'])
  })
  it('merges more than three into one line', () => {
    const s = setup()
    s.take(bought(1, 5))
    expect(s.said()).toEqual(['p1×5'])
    expect(s.lines[0]?.same).toBe(true)
    vi.advanceTimersByTime(showMs)
    expect(s.said()).toEqual(['p1×5', '-'])
  })
  it('counts on in a merged line that stands, and says when goods differ', () => {
    const s = setup()
    const all = [...bought(1, 4), ...bought(5, 2, 'cup')]
    s.take(all.slice(0, 4))
    s.take(all)
    expect(s.said()).toEqual(['p1×4', 'p1×6'])
    expect(s.lines.map((l) => l?.key)).toEqual(['1-1', '1-1'])
    expect(s.lines.at(-1)?.same).toBe(false)
  })
  it('says nothing twice when the list comes again or lost its head', () => {
    const s = setup()
    const all = bought(1, 3)
    s.take(all)
    s.take(all)
    s.take([...all.slice(1), ...bought(4, 1)])
    vi.advanceTimersByTime(showMs * 6)
    expect(s.said().filter((x) => x !== '-')).toEqual(['p1×1', 'p2×1', 'p3×1', 'p4×1'])
  })
})

it('is hidden from readers: purchases are decoration beside the talk', () => {
  const w = mount(Ticker, { props: { text: '松果 买好了' } })
  expect(w.attributes('aria-hidden')).toBe('true')
  expect(w.text()).toContain('松果')
})
