import { createI18n } from 'vue-i18n'
import { describe, expect, it } from 'vitest'

type Messages = { [key: string]: string | Messages }
const files = import.meta.glob<{ default: Messages }>('./*/*.ts', { eager: true })
const sources = import.meta.glob<string>('../{viewer,ui,lib,console}/**/*.{vue,ts}', { eager: true, query: '?raw', import: 'default' })

function flat(messages: Messages, at = ''): Record<string, string> {
  return Object.fromEntries(Object.entries(messages).flatMap(([key, value]) => {
    const path = at ? `${at}.${key}` : key
    return typeof value === 'string' ? [[path, value]] : Object.entries(flat(value, path))
  }))
}
function all(locale: string): Record<string, string> {
  return Object.assign({}, ...Object.entries(files).flatMap(([path, file]) => {
    const m = /^\.\/([^/]+)\/([^/.]+)\.ts$/.exec(path)
    return m && m[1] === locale && m[2] ? [flat(file.default, m[2])] : []
  }))
}
const zh = all('zh-CN')
const en = all('en')
const params = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()

describe('messages', () => {
  it('exist in both languages under the same keys', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
  })
  it('take the same parameters in both languages', () => {
    for (const key of Object.keys(zh)) expect(params(en[key] ?? ''), key).toEqual(params(zh[key] ?? ''))
  })
  it('hold no Chinese in English, and no exclamation marks anywhere', () => {
    // The console's palette is searched in either language, so its synonyms mix them.
    for (const [key, text] of Object.entries(en)) if (!key.startsWith('console.')) expect(text, key).not.toMatch(/[\u4e00-\u9fff！]/)
    for (const [key, text] of Object.entries({ ...zh, ...en })) expect(text, key).not.toMatch(/[!！]/)
  })
  it('compile in both languages', () => {
    for (const [locale, messages] of [['zh-CN', zh], ['en', en]] as const) {
      const i18n = createI18n({ legacy: false, locale, flatJson: true, messages: { [locale]: { ...messages } } })
      for (const key of Object.keys(messages)) {
        const named = Object.fromEntries(params(messages[key] ?? '').map((p) => [p, 'x']))
        expect(() => i18n.global.t(key, named), `${locale} ${key}`).not.toThrow()
      }
    }
  })
  it('are there for every key the screens name', () => {
    const missing: string[] = []
    for (const [path, text] of Object.entries(sources)) {
      if (path.endsWith('.test.ts')) continue
      for (const m of text.matchAll(/\bt\('((?:common|viewer|errors|console)\.[\w.]+)'/g)) {
        if (m[1] && !(m[1] in zh)) missing.push(`${path}: ${m[1]}`)
      }
      // A built key names a group: at least one message must stand under it.
      for (const m of text.matchAll(/\bt\(`((?:common|viewer|errors|console)\.[\w.]*)\.\$\{/g)) {
        if (m[1] && !Object.keys(zh).some((k) => k.startsWith(`${m[1]}.`))) missing.push(`${path}: ${m[1]}.*`)
      }
    }
    expect(missing).toEqual([])
  })
})
