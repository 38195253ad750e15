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

/** Drawn before its screens: gifts come with wallets, and the banner is what they will show. */
const waiting = new Set(['./gift-banner/GiftBanner.vue'])
const screens = Object.values(import.meta.glob<string>(['../viewer/**/*.{vue,ts}', '../console/**/*.{vue,ts}', '!../**/*.test.ts'], { query: '?raw', import: 'default', eager: true }))
const face = import.meta.glob<string>(['./*/*.{vue,ts}', '!./*/*.test.ts', '!./*/demo.vue', '!./living/*'], { query: '?raw', import: 'default', eager: true })

/** The files of ui a source brings in, as paths from here; `from` is its own folder. */
function uses(text: string, from?: string): string[] {
  return [...text.matchAll(/['"](?:@\/ui\/|(\.\.?)\/)([\w./-]+)['"]/g)].flatMap(([, dots, path]) => {
    if (dots && !from) return []
    const at = dots === '.' ? `./${from}/${path}` : `./${path}`
    return at in face ? [at] : `${at}.ts` in face ? [`${at}.ts`] : []
  })
}

describe('the screens are made of the face', () => {
  const used = new Set(screens.flatMap((text) => uses(text)))
  for (const path of used) for (const next of uses(face[path] ?? '', folderOf(path))) used.add(next)
  const components = Object.keys(face).filter((p) => p.endsWith('.vue'))

  it('and leave no part of it to its demo alone', () => {
    expect(components.filter((p) => !used.has(p) && !waiting.has(p)).map((p) => `${p} is used by no screen: use it or delete it`)).toEqual([])
  })
  it('and a part that waited no longer waits once a screen uses it', () => {
    expect([...waiting].filter((p) => used.has(p) || !(p in face))).toEqual([])
  })
})
