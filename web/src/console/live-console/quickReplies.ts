/** Answers a host gives again and again. They live in this browser, one list a channel: what a host says is the host's own. */
export const MOST_REPLIES = 9
/** A line of talk holds a hundred characters; a chip that long would not be read. */
export const REPLY_CHARS = 60

export function cleanReplies(lines: string[]): string[] {
  const said = lines.map((l) => l.replace(/\s+/g, ' ').trim().slice(0, REPLY_CHARS)).filter(Boolean)
  return [...new Set(said)].slice(0, MOST_REPLIES)
}

export function parseReplies(stored: string | null): string[] | undefined {
  if (stored === null) return undefined
  try {
    const v: unknown = JSON.parse(stored)
    return Array.isArray(v) ? cleanReplies(v.filter((x): x is string => typeof x === 'string')) : undefined
  } catch {
    return undefined
  }
}
