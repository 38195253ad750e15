import { afterEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { autoplay, mayAutoplay, motion } from './prefs'

afterEach(() => {
  autoplay.value = 'always'
  motion.value = 'system'
})

describe('mayAutoplay', () => {
  it('plays on any line until the person says otherwise', () => {
    expect(mayAutoplay({ saveData: true })).toBe(true)
    autoplay.value = 'never'
    expect(mayAutoplay({})).toBe(false)
  })
  it('waits for a tap on a metered line, and plays where the browser tells nothing', () => {
    autoplay.value = 'saver'
    expect(mayAutoplay({ saveData: true })).toBe(false)
    expect(mayAutoplay({ type: 'cellular' })).toBe(false)
    expect(mayAutoplay({ type: 'wifi' })).toBe(true)
    expect(mayAutoplay(undefined)).toBe(true)
  })
})

it('keeps a choice on the device and puts the motion on the page', async () => {
  motion.value = 'less'
  await nextTick()
  expect(localStorage.getItem('hawker.motion')).toBe('less')
  expect(document.documentElement.dataset.motion).toBe('less')
})
