import { describe, expect, it } from 'vitest'

// Paths only: nothing is loaded.
const parts = Object.keys(import.meta.glob('./*/*.vue'))
const tests = Object.keys(import.meta.glob('./*/*.test.ts'))
const folderOf = (path: string) => path.split('/')[1] ?? ''
/** The living page shows the parts; it is not one of them. */
const notParts = new Set(['living'])
const folders = [...new Set(parts.map(folderOf))].filter((f) => !notParts.has(f)).sort()

describe('every part of the face', () => {
  it('has its proof', () => {
    const proven = new Set(tests.map(folderOf))
    expect(folders.filter((f) => !proven.has(f)).map((f) => `ui/${f} has no *.test.ts`)).toEqual([])
  })
  it('has a demo on the living page', () => {
    expect(folders.filter((f) => !parts.includes(`./${f}/demo.vue`)).map((f) => `ui/${f} has no demo.vue`)).toEqual([])
  })
})
