import { describe, expect, it } from 'vitest'
import { claimsOf, factsOf, noteOf } from './facts'

describe('facts', () => {
  it('reads a doc comment as one paragraph', () => {
    expect(noteOf('<script>\n/**\n * Two lines\n * of reason.\n */\nconst a = 1')).toBe('Two lines of reason.')
    expect(noteOf('<script>\n// not a doc comment')).toBe('')
  })
  it('reads the claims of a test file', () => {
    expect(claimsOf("  it('keeps its width', () => {\n  it('says \\'no\\'', async () => {\n  const it = 1")).toEqual(['keeps its width', "says 'no'"])
  })
  it('finds the button and what must stay true of it', async () => {
    const { parts, claims } = await factsOf('button')
    expect(parts.map((p) => p.name)).toEqual(['Button.vue'])
    expect(parts[0]?.note).toMatch(/^One button for both applications\./)
    expect(claims.length).toBeGreaterThanOrEqual(5)
  })
})
