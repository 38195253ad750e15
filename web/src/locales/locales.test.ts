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

/** Texts in two languages on purpose: the palette is searched in either, the switch names the other. */
const bilingual = /^console\.(palette\.(also|do)\.|shell\.toOther$)/
/** Written out as the thing they describe: a line of CSV keeps its half-width commas. */
const literal = new Set(['console.ship.how', 'console.ship.example'])
/** Latin words of a Chinese text: products, formats, units and keys, which nobody translates. */
const names = new Set([
  'OBS', 'ffmpeg', 'HTTPS', 'CSV', 'EMS', 'iPhone', 'Delete', 'Tab', 'SF',
  'MP4', 'MOV', 'JPEG', 'PNG', 'WebP', 'WebVTT', '.vtt', 'H.264', 'AAC', 'Opus', 'kbps', 'ms', 'MB', 'KB', 'GB', 'Webhook', 'API', 'URL',
])
/** A text without its parameters and quoted literals. */
const plain = (text: string) => text.replace(/\{'[^']*'\}|\{\w+\}/g, '').replace(/SF\d+/g, 'SF')

/** Keys no source names: the other half of each comes from elsewhere. */
const unsaid = [
  { prefix: 'errors.', why: 'errors.<code>, and the server chooses the code' },
]

describe('messages', () => {
  it('exist in both languages under the same keys', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
  })
  it('take the same parameters in both languages', () => {
    // English says one and many apart (`one | many`); each form must hold what the Chinese holds.
    for (const key of Object.keys(zh)) for (const form of (en[key] ?? '').split(' | ')) expect(params(form), key).toEqual(params(zh[key] ?? ''))
  })
  it('hold no Chinese in English, and no exclamation marks anywhere', () => {
    for (const [key, text] of Object.entries(en)) if (!bilingual.test(key)) expect(text, key).not.toMatch(/[\u4e00-\u9fff！]/)
    for (const [key, text] of Object.entries({ ...zh, ...en })) expect(text, key).not.toMatch(/[!！]/)
  })
  it('hold no English in Chinese but names people know as they are', () => {
    const stray: string[] = []
    for (const [key, text] of Object.entries(zh)) {
      if (bilingual.test(key)) continue
      for (const m of plain(text).matchAll(/\.?[A-Za-z][A-Za-z0-9.]*/g)) if (!names.has(m[0])) stray.push(`${key}: ${m[0]}`)
    }
    expect(stray).toEqual([])
  })
  it('punctuate Chinese in full width', () => {
    for (const [key, text] of Object.entries(zh)) {
      if (literal.has(key)) continue
      expect(text, key).not.toMatch(/[\u4e00-\u9fff}」”）]\s*[,;:?]|[,;:?]\s*[\u4e00-\u9fff]/)
      // The space between Han and Latin is drawn by text-autospace, but a typed one is no fault;
      // two Han with a space between them are.
      expect(text, key).not.toMatch(/[\u4e00-\u9fff] +[\u4e00-\u9fff]/)
    }
  })
  it('compile in both languages', () => {
    for (const [locale, messages] of [['zh-CN', zh], ['en', en]] as const) {
      const i18n = createI18n({ legacy: false, locale, flatJson: true, messages: { [locale]: { ...messages } } })
      for (const key of Object.keys(messages)) {
        const named = Object.fromEntries(params(messages[key] ?? '').map((p) => [p, 'x']))
        expect(() => i18n.global.t(key, named), `${locale} ${key}`).not.toThrow()
      }
    }
  }, 30_000) // some thousand messages; a busy machine takes its time
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
  it('are all said somewhere', () => {
    const code = Object.entries(sources).flatMap(([path, text]) => (path.endsWith('.test.ts') ? [] : [text])).join('\n')
    const said = new Set([...code.matchAll(/['"`]([A-Za-z][\w.]*)['"`]/g)].map((m) => m[1]))
    // A built key (`viewer.order.tab.${s}`) says every key of its shape.
    const built = [...code.matchAll(/`([\w.]*\$\{[^`]*)`/g)].map((m) => m[1] ?? '')
      .map((t) => t.replace(/\$\{[^}]*\}/g, '*')).filter((t) => /^[\w.*]+$/.test(t) && /\w\./.test(t))
      .map((t) => new RegExp(`^${t.replaceAll('.', '\\.').replaceAll('*', '[\\w.]+')}$`))
    const spoken = (key: string) => said.has(key) || built.some((b) => b.test(key))
    const silent = Object.keys(zh).filter((key) => !unsaid.some((u) => key.startsWith(u.prefix))
      // The console's useWords puts its own part before a key.
      && !spoken(key) && !(key.startsWith('console.') && spoken(key.slice('console.'.length))))
    expect(silent).toEqual([])
  })
})
