import { describe, expect, it } from 'vitest'
import { contrast, parseColour, type Colour } from './living/contrast'
import css from './tokens.css?raw'

const text = css.replace(/\/\*[\s\S]*?\*\//g, '')

// The sheet as the browser applies it to <html data-app data-theme>: each rule whose selector
// fits, in order, by specificity (no attribute < one < two). Media queries stay out.
type Rule = { selectors: string[]; tokens: [name: string, value: string][] }
const rules: Rule[] = [...text.replace(/@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|@font-face\s*\{[^}]*\}/g, '').matchAll(/([^{}]+)\{([^}]*)\}/g)].map((m) => ({
  selectors: (m[1] ?? '').split(',').map((s) => s.trim()),
  tokens: [...(m[2] ?? '').matchAll(/--hk-([\w-]+):\s*([^;]+);/g)].map((t) => [t[1] ?? '', (t[2] ?? '').trim()]),
}))

function tokensOf(app: string, theme: string): Map<string, string> {
  const weight = (s: string): number => {
    if (s === ':root') return 1
    const attrs = [...s.matchAll(/\[data-(app|theme)="(\w+)"\]/g)]
    // "[a] [b]" is for a part of the page with its own theme, not for <html>.
    if (attrs.length === 0 || /\]\s+\[/.test(s)) return 0
    return attrs.every((a) => a[2] === (a[1] === 'app' ? app : theme)) ? attrs.length : 0
  }
  const fitting = rules.map((r) => ({ r, w: Math.max(...r.selectors.map(weight)) })).filter(({ w }) => w > 0).sort((a, b) => a.w - b.w)
  return new Map(fitting.flatMap(({ r }) => r.tokens))
}
function colourIn(tokens: Map<string, string>, name: string): Colour {
  const value = tokens.get(name)
  if (!value) throw new Error(`--hk-${name} is not there`)
  const other = /^var\(--hk-([\w-]+)\)$/.exec(value)?.[1]
  return other ? colourIn(tokens, other) : parseColour(value)
}

const grounds = ['paper', 'sheet', 'sunk', 'hover']
/** Words on their grounds: 4.5:1, WCAG 2.2 1.4.3. Words that are off (ink-off) carry no information and stay out. */
const words: [on: string, grounds: string[]][] = [
  ['ink', [...grounds, 'select', 'menu-bg']], ['ink-2', [...grounds, 'menu-bg']], ['ink-3', ['paper', 'sheet', 'sunk', 'menu-bg']],
  ['accent-text', ['paper', 'sheet', 'accent-wash']], ['jade-text', ['paper', 'sheet', 'jade-wash']], ['gold-text', ['paper', 'sheet', 'gold-wash']],
  ['warn-text', ['paper', 'sheet', 'warn-wash']], ['danger-text', ['paper', 'sheet', 'danger-wash']], ['info-text', ['paper', 'sheet', 'info-wash']],
  ['on-accent', ['accent', 'accent-press', 'accent-fill', 'accent-fill-hover']], ['on-gold', ['gold']], ['on-primary', ['primary']], ['on-danger', ['danger']], ['on-jade', ['jade']],
  ['tag-ink', ['tag', 'tag-2', 'stock', 'stock-from', 'stock-to', 'face-1', 'face-2', 'face-3', 'face-4']], ['tag-ink-2', ['tag', 'tag-2']], ['tag-price', ['tag']],
  ['over-ink', ['stage', 'toast']], ['over-ink-2', ['stage', 'toast']], ['toast-act', ['toast']], ['toast-good', ['toast']], ['like', ['toast', 'stage']],
]
/** Edges and marks that must be seen: 3:1, WCAG 2.2 1.4.11. */
const marks: [on: string, grounds: string[]][] = [['line-strong', ['paper', 'sheet']], ['focus', ['paper', 'sheet', 'sunk']], ['danger', ['sheet']], ['info', ['sheet', 'line']]]

describe.each([['viewer', 'dark'], ['viewer', 'light'], ['console', 'dark'], ['console', 'light']])('%s, %s', (app, theme) => {
  const tokens = tokensOf(app, theme)
  const thin = (pairs: typeof words, least: number) => pairs.flatMap(([on, under]) => under.map((ground) => {
    const ratio = contrast(colourIn(tokens, on), colourIn(tokens, ground), colourIn(tokens, 'paper'))
    return ratio < least ? `${on} on ${ground} ${ratio.toFixed(2)}` : ''
  })).filter(Boolean)

  it('gives words 4.5:1', () => expect(thin(words, 4.5)).toEqual([]))
  it('gives edges and focus 3:1', () => expect(thin(marks, 3)).toEqual([]))
})

describe('the measure', () => {
  const white = parseColour('#fff')
  it('agrees with the known pairs', () => {
    expect(contrast(parseColour('#000'), white, white)).toBeCloseTo(21, 5)
    expect(contrast(parseColour('#767676'), white, white)).toBeCloseTo(4.54, 2)
    // Why words on vermilion are ink: white there fails.
    expect(contrast(white, parseColour('#ff5a36'), white)).toBeLessThan(4.5)
  })
  it('sees through a wash to the page below', () => {
    expect(contrast(parseColour('#000'), parseColour('rgb(0 0 0 / .5)'), white)).toBeCloseTo(contrast(parseColour('#000'), parseColour('#808080'), white), 1)
  })
  it('refuses what it cannot read, so that a new notation cannot pass unseen', () => {
    expect(() => parseColour('hsl(1 2% 3%)')).toThrow()
  })
})
