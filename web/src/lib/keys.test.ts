import { describe, expect, it, vi } from 'vitest'
import { chordOf, dispatchKey, isTyping, keyLabel } from './keys'

const press = (key: string, code: string, mods: Partial<KeyboardEventInit> = {}) => new KeyboardEvent('keydown', { key, code, cancelable: true, bubbles: true, ...mods })

describe('chordOf', () => {
  it('reads the physical key, so dead keys and shifted digits keep their meaning', () => {
    expect(chordOf(press('´', 'KeyE', { altKey: true }))).toBe('Alt+E')
    expect(chordOf(press('!', 'Digit1', { shiftKey: true }))).toBe('Shift+1')
    expect(chordOf(press('k', 'KeyK', { metaKey: true }))).toBe('Mod+K')
    expect(chordOf(press('k', 'KeyK', { ctrlKey: true }))).toBe('Mod+K')
    expect(chordOf(press('?', 'Slash', { shiftKey: true }))).toBe('?')
    expect(chordOf(press('/', 'Slash'))).toBe('/')
    expect(chordOf(press(' ', 'Space'))).toBe('Space')
    expect(chordOf(press('ArrowUp', 'ArrowUp'))).toBe('ArrowUp')
    expect(chordOf(press('[', 'BracketLeft'))).toBe('[')
  })
})

function fire(target: HTMLElement, e: KeyboardEvent, map: Record<string, () => void>): boolean {
  let ran = false
  document.body.append(target)
  target.addEventListener('keydown', (ev) => (ran = dispatchKey(map, ev as KeyboardEvent)), { once: true })
  target.dispatchEvent(e)
  target.remove()
  return ran
}

describe('dispatchKey', () => {
  it('runs plain keys on the page and stays silent in a text field', () => {
    const run = vi.fn()
    const input = document.createElement('input')
    expect(fire(document.createElement('div'), press('q', 'KeyQ'), { Q: run })).toBe(true)
    expect(fire(input, press('q', 'KeyQ'), { Q: run })).toBe(false)
    expect(run).toHaveBeenCalledTimes(1)
  })
  it('runs Mod chords even while typing', () => {
    const run = vi.fn()
    expect(fire(document.createElement('textarea'), press('k', 'KeyK', { ctrlKey: true }), { 'Mod+K': run })).toBe(true)
    expect(run).toHaveBeenCalledOnce()
  })
  it('leaves Enter and Space to a focused button', () => {
    const run = vi.fn()
    expect(fire(document.createElement('button'), press(' ', 'Space'), { Space: run })).toBe(false)
    expect(fire(document.createElement('div'), press(' ', 'Space'), { Space: run })).toBe(true)
    expect(run).toHaveBeenCalledOnce()
  })
  it('ignores keys that belong to an input method', () => {
    const run = vi.fn()
    expect(fire(document.createElement('div'), press('q', 'KeyQ', { isComposing: true }), { Q: run })).toBe(false)
    expect(run).not.toHaveBeenCalled()
  })
})

describe('isTyping', () => {
  it('knows fields from buttons', () => {
    const box = document.createElement('input')
    box.type = 'checkbox'
    expect(isTyping(document.createElement('textarea'))).toBe(true)
    expect(isTyping(box)).toBe(false)
    expect(isTyping(null)).toBe(false)
  })
})

describe('keyLabel', () => {
  it('writes the chord as it stands on the keyboard', () => {
    expect(keyLabel('Mod+K', true)).toBe('⌘K')
    expect(keyLabel('Mod+K', false)).toBe('Ctrl K')
    expect(keyLabel('Alt+E', true)).toBe('⌥E')
  })
})
