// What a part says about itself: its own doc comment and the claims of its tests. Read from the
// sources as they are, so that this page cannot promise anything that is not there.
const sources = import.meta.glob<string>('../*/*.vue', { query: '?raw', import: 'default' })
const tests = import.meta.glob<string>('../*/*.test.ts', { query: '?raw', import: 'default' })

export interface Fact { name: string; note: string }
export interface Facts { parts: Fact[]; claims: string[] }

/** The first doc comment that starts a line, as one paragraph; those of single props are indented. */
export function noteOf(source: string): string {
  const doc = /^\/\*\*([\s\S]*?)\*\//m.exec(source)?.[1] ?? ''
  return doc.split('\n').map((l) => l.replace(/^\s*\*?\s?/, '').trim()).filter(Boolean).join(' ')
}

/** The names of a test file's tests, in order; tables keep their placeholders out. */
export function claimsOf(source: string): string[] {
  return [...source.matchAll(/^\s*it\('((?:[^'\\]|\\.)+)'/gm)].map((m) => (m[1] ?? '').replaceAll("\\'", "'"))
}

export async function factsOf(id: string): Promise<Facts> {
  const mine = (all: Record<string, () => Promise<string>>) => Object.keys(all).filter((p) => p.startsWith(`../${id}/`) && !p.endsWith('/demo.vue'))
  const read = async (all: Record<string, () => Promise<string>>) => Promise.all(mine(all).map(async (path) => ({ path, text: await (all[path]?.() ?? '') })))
  const [files, proofs] = await Promise.all([read(sources), read(tests)])
  return {
    parts: files.map(({ path, text }) => ({ name: path.split('/').at(-1) ?? path, note: noteOf(text) })),
    claims: proofs.flatMap(({ text }) => claimsOf(text)),
  }
}
