import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { useTaps } from './useTaps'

const one = vi.fn()
const two = vi.fn()
const long = vi.fn()

function pad() {
  let taps!: ReturnType<typeof useTaps>
  mount(defineComponent({ setup() {
    taps = useTaps({ one, two, long })
    return () => h('div')
  } }))
  const target = document.createElement('div')
  const at = (x: number, timeStamp: number) => ({ button: 0, clientX: x, clientY: 0, timeStamp, currentTarget: target, preventDefault: () => undefined }) as unknown as PointerEvent
  return { down: (x: number) => taps.pointerdown(at(x, 0)), move: (x: number) => taps.pointermove(at(x, 0)), up: (x: number, ms: number) => taps.pointerup(at(x, ms)) }
}

describe('taps on a clip', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    vi.clearAllMocks()
  })
  afterEach(() => { vi.useRealTimers() })

  it('one tap acts once no second one comes', () => {
    const p = pad()
    p.down(10)
    p.up(10, 0)
    expect(one).not.toHaveBeenCalled()
    vi.advanceTimersByTime(300)
    expect(one).toHaveBeenCalledTimes(1)
  })
  it('two quick taps are a heart where the finger was, and no pause', () => {
    const p = pad()
    p.down(10)
    p.up(10, 0)
    p.down(14)
    p.up(14, 150)
    vi.advanceTimersByTime(600)
    expect(two).toHaveBeenCalledWith(14, 0)
    expect(one).not.toHaveBeenCalled()
  })
  it('a resting finger asks for the menu and is no tap', () => {
    const p = pad()
    p.down(10)
    vi.advanceTimersByTime(500)
    p.up(10, 500)
    vi.advanceTimersByTime(600)
    expect(long).toHaveBeenCalledTimes(1)
    expect(one).not.toHaveBeenCalled()
  })
  it('a moving finger is a swipe: nothing happens', () => {
    const p = pad()
    p.down(10)
    p.move(60)
    vi.advanceTimersByTime(600)
    p.up(60, 600)
    vi.advanceTimersByTime(600)
    expect(long).not.toHaveBeenCalled()
    expect(one).not.toHaveBeenCalled()
  })
  it('a page that was busy hears of the move before it opens a menu', () => {
    const p = pad()
    p.down(10)
    // The timers are faked with the clock: this is a task of 300 ms just before the timer is due.
    vi.advanceTimersByTime(470)
    const real = performance.now.bind(performance)
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => real() + 300)
    vi.advanceTimersByTime(20)
    p.move(60)
    vi.advanceTimersByTime(600)
    expect(long).not.toHaveBeenCalled()
    p.up(60, 1000)
    p.down(10)
    vi.advanceTimersByTime(600)
    expect(long).toHaveBeenCalledTimes(1)
    clock.mockRestore()
  })
})
