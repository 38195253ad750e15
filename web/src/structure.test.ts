import { describe, expect, it } from 'vitest'

const sources = import.meta.glob<string>(['./**/*.{ts,vue}', '!./**/*.d.ts'], { eager: true, query: '?raw', import: 'default' })

/** Where a page begins: index.html, console.html and the living page of the parts. */
const pages = import.meta.glob<string>('../*.html', { eager: true, query: '?raw', import: 'default' })

type Module = { imports: Map<string, Set<string>>; exports: Set<string> }

/** Tests, and the words they share, use the app; they are no reason for it to hold something. */
const isTest = (path: string) => /\.test\.ts$|\/test[A-Z]\w*\.ts$/.test(path)
const code = (text: string) => text.replace(/(^|\s)\/\*[\s\S]*?\*\//g, '$1').replace(/^\s*\/\/.*$/gm, '')

/** resolve finds the file an import means, undefined for packages and styles. */
function resolve(from: string, to: string, files: Record<string, unknown>): string | undefined {
  const at = to.startsWith('@/') ? `./${to.slice(2)}` : to.startsWith('.') ? normal(`${from.slice(0, from.lastIndexOf('/'))}/${to}`) : undefined
  return at && [at, `${at}.ts`, `${at}/index.ts`].find((path) => path in files)
}
function normal(path: string) {
  const out: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') out.pop()
    else if (part !== '.') out.push(part)
  }
  return `./${out.join('/')}`
}

/** names of `{ a, b as c, type D }`: what is taken from the other side, or given to it. */
const names = (list: string, side: 0 | 1) => list.split(',').map((s) => s.trim().replace(/^type\s+/, '')).filter(Boolean).map((s) => s.split(/\s+as\s+/).at(side && -1) ?? s)

/** parse reads the imports and exports of one file. '*' stands for everything. */
function parse(path: string, files: Record<string, string>): Module {
  const text = code(files[path] ?? '')
  const imports = new Map<string, Set<string>>()
  const exports = new Set<string>()
  const take = (to: string, taken: string[]) => {
    for (const file of to.includes('*') ? globbed(path, to, files) : [resolve(path, to, files)]) {
      if (file) imports.set(file, new Set([...(imports.get(file) ?? []), ...taken]))
    }
  }
  for (const m of text.matchAll(/\b(import|export)\s+(?:type\s+)?([\w*\s{},$]+?)\s+from\s+['"]([^'"]+)['"]/g)) {
    const list = m[2] ?? ''
    const braces = /\{([^}]*)\}/.exec(list)?.[1]
    const taken = braces === undefined ? [] : names(braces, 0)
    if (list.includes('*')) taken.push('*')
    if (m[1] === 'import' && /^\w/.test(list)) taken.push('default')
    take(m[3] ?? '', taken)
    if (m[1] === 'export' && braces !== undefined) names(braces, 1).forEach((n) => exports.add(n))
  }
  // A module loaded when it is needed is used whole, and so is one imported for what it does.
  for (const m of text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]|\bimport\s+['"]([^'"]+)['"]|(?:import\.meta\.glob[^(]*|import)\(\s*['"`]([^'"`]+)['"`]|vi\.importActual[^(]*\(['"]([^'"]+)['"]/g)) take((m[1] ?? m[2] ?? m[3] ?? m[4] ?? '').replace(/\$\{[^}]*\}/g, '*'), ['*'])
  for (const m of text.matchAll(/\bexport\s+(?:declare\s+)?(?:async\s+)?(?:const|let|function\*?|class|interface|type|enum)\s+([\w$]+)/g)) if (m[1]) exports.add(m[1])
  for (const m of text.matchAll(/\bexport\s+(?:type\s+)?\{([^}]*)\}(?!\s*from)/g)) names(m[1] ?? '', 1).forEach((n) => exports.add(n))
  if (/\bexport\s+default\b/.test(text)) exports.add('default')
  return { imports, exports }
}
function globbed(path: string, pattern: string, files: Record<string, string>) {
  const at = normal(`${path.slice(0, path.lastIndexOf('/'))}/${pattern}`)
  const re = new RegExp(`^${at.replace(/[.]/g, '\\.').replace(/\*\*\//g, '(?:.+/)?').replace(/(?<![)?])\*/g, '[^/]*').replace(/\{([^}]*)\}/g, (_, l: string) => `(?:${l.replaceAll(',', '|')})`)}$`)
  return Object.keys(files).filter((f) => re.test(f))
}

/** said counts a name in a file: a name said once is only declared. */
const said = (text: string, name: string) => [...code(text).matchAll(new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`, 'g'))].length

/** unused lists files no page leads to, and exports that neither another file nor their own uses. */
function unused(files: Record<string, string>, entries: string[]): string[] {
  const modules = new Map(Object.keys(files).filter((p) => !isTest(p)).map((p) => [p, parse(p, files)]))
  const reached = new Set<string>()
  const visit = (path: string) => {
    if (reached.has(path)) return
    reached.add(path)
    for (const to of modules.get(path)?.imports.keys() ?? []) visit(to)
  }
  entries.forEach(visit)
  const out: string[] = []
  for (const [path, { exports }] of modules) {
    if (!reached.has(path)) {
      out.push(`${path}: no page leads here`)
      continue
    }
    const taken = new Set([...modules].filter(([p]) => reached.has(p)).flatMap(([, m]) => [...(m.imports.get(path) ?? [])]))
    // A name its own file uses may be exported for its test, or because it says what a function takes.
    if (!taken.has('*')) for (const name of exports) if (!taken.has(name) && (name === 'default' || said(files[path] ?? '', name) < 2)) out.push(`${path}: nobody takes ${name}`)
  }
  return out
}

describe('the web app', () => {
  it('holds no file that no page leads to, and exports nothing that nobody but a test uses', () => {
    const entries = Object.values(pages).flatMap((html) => [...html.matchAll(/src="\/src\/([^"]+)"/g)].map((m) => `./${m[1]}`))
    expect(entries.length).toBeGreaterThan(1)
    expect(unused(sources, entries)).toEqual([])
  })
  it('is checked by a walk that sees a forgotten file, a name nobody takes, and no others', () => {
    expect(unused({
      './main.ts': "import A from './a/A.vue'\nimport { used as other } from '@/b'\nconst lazy = () => import('./c')\nimport type { Shape } from './d'\nexport * from './e'\n// import './gone'",
      './a/A.vue': "<script setup lang=\"ts\">import { deep } from '../f'</script>",
      './b.ts': 'export const used = 1\nexport const alone = 2',
      './c.ts': 'export const lazy = 1',
      './d.ts': 'export interface Shape { a: Part }\nexport type Part = 1\nexport type Lost = 2\nexport { x as Renamed }',
      './e.ts': 'export function all() {}',
      './f.ts': 'export const deep = 1',
      './gone.ts': "import { alone } from './b'",
      './b.test.ts': "import { alone } from './b'",
    }, ['./main.ts'])).toEqual(['./b.ts: nobody takes alone', './d.ts: nobody takes Lost', './d.ts: nobody takes Renamed', './gone.ts: no page leads here'])
  })
})
