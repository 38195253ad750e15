/**
 * Keyboard chords, read from the physical key so that ⌥E (a dead key on macOS) and ⇧1 ("!" or "1" by layout)
 * mean the same thing everywhere. A chord is written "Mod+K", "Shift+1", "Alt+E", "ArrowUp", "?".
 */
export interface KeyLike {
  key: string
  code: string
  shiftKey: boolean
  altKey: boolean
  ctrlKey: boolean
  metaKey: boolean
}

export function chordOf(e: KeyLike): string {
  if (e.key === '?') return '?'
  const parts: string[] = []
  if (e.ctrlKey || e.metaKey) parts.push('Mod')
  if (e.altKey) parts.push('Alt')
  if (e.shiftKey) parts.push('Shift')
  parts.push(mainKey(e))
  return parts.join('+')
}

function mainKey(e: KeyLike): string {
  const letter = /^Key([A-Z])$/.exec(e.code)
  if (letter) return letter[1] as string
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(e.code)
  if (digit) return digit[1] as string
  if (e.code === 'Space' || e.key === ' ') return 'Space'
  if (e.code === 'BracketLeft') return '['
  if (e.code === 'Slash') return '/'
  return e.key.length === 1 ? e.key.toUpperCase() : e.key
}

const textInputs = /^(text|search|url|tel|email|password|number|date|time|datetime-local)$/

/** True where letters belong to the field: single-key commands are off there. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target instanceof HTMLInputElement && textInputs.test(target.type)
}

export type KeyMap = Record<string, (e: KeyboardEvent) => void>

/** Runs the command of a chord. Plain keys stay silent while typing; Mod chords work everywhere. */
export function dispatchKey(map: KeyMap, e: KeyboardEvent): boolean {
  if (e.defaultPrevented || e.isComposing) return false
  const chord = chordOf(e)
  const run = map[chord]
  if (!run) return false
  if (isTyping(e.target) && !chord.startsWith('Mod+') && chord !== 'Escape') return false
  if (ownsKey(e.target, chord)) return false
  e.preventDefault()
  run(e)
  return true
}

// A focused button or link keeps Enter and Space: the command map must not take a press away from it.
function ownsKey(target: EventTarget | null, chord: string): boolean {
  if (chord !== 'Enter' && chord !== 'Space') return false
  return target instanceof HTMLElement && target.closest('button, a, summary, [role="menuitem"], [role="tab"]') !== null
}

const apple = typeof navigator !== 'undefined' && /Mac|iP(hone|ad|od)/.test(navigator.userAgent)

/** The chord as people read it on their own keyboard. */
export function keyLabel(chord: string, mac = apple): string {
  const names: Record<string, string> = mac
    ? { Mod: '⌘', Alt: '⌥', Shift: '⇧', Enter: '↵', ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Space: '␣', Escape: 'Esc' }
    : { Mod: 'Ctrl ', Alt: 'Alt ', Shift: '⇧', Enter: '↵', ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Space: '␣', Escape: 'Esc' }
  return chord.split('+').map((p) => names[p] ?? p).join('')
}
