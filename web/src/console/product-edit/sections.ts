export type SectionId = 'basic' | 'options' | 'terms'

export interface Section {
  id: SectionId
  /** Everything it asks for is there. */
  done: boolean
  /** It lacks something, and the person has tried to save. */
  lacks: boolean
}

const asks: Record<SectionId, readonly string[]> = {
  basic: ['title', 'titleLong'],
  options: ['pictures', 'options', 'cells'],
  terms: ['freight', 'limit'],
}

/** The parts of the form by what is missing in them; what is missing is called so only once it was `tried`. */
export function sectionsOf(missing: readonly string[], badCells: number, tried: boolean): Section[] {
  const all = badCells > 0 ? [...missing, 'cells'] : missing
  return (Object.keys(asks) as SectionId[]).map((id) => {
    const short = asks[id].some((m) => all.includes(m))
    return { id, done: !short, lacks: short && tried }
  })
}

/** The last part whose head has passed the line; at the end of the page the last one, however short it is. */
export function currentSection(tops: readonly { id: string; top: number }[], line: number, atEnd: boolean): string {
  if (atEnd) return tops.at(-1)?.id ?? ''
  return tops.filter((s) => s.top <= line).at(-1)?.id ?? tops[0]?.id ?? ''
}
