/** The two playlists of a live picture, as far as the host's preview needs them (RFC 8216bis 4.4). */
export interface Master {
  uri: string
  codecs: string
}

export function parseMaster(text: string): Master | undefined {
  const lines = text.split('\n').map((l) => l.trim())
  const at = lines.findIndex((l) => l.startsWith('#EXT-X-STREAM-INF:'))
  const uri = lines.slice(at + 1).find((l) => l && !l.startsWith('#'))
  const codecs = /CODECS="([^"]+)"/.exec(lines[at] ?? '')?.[1]
  return at >= 0 && uri && codecs ? { uri, codecs } : undefined
}

/** One piece to append: a part while its segment is young, the whole segment once its parts are no longer listed. */
export interface Piece {
  /** Media sequence number and part; a whole segment is part 0 and all that follow. */
  segment: number
  part: number
  whole: boolean
  uri: string
  /** Playing may begin here. */
  start: boolean
  /** Which initialisation it needs; another one, or a new break, means a new stream. */
  init: string
  breaks: number
}

export function parseMedia(text: string): Piece[] {
  const out: Piece[] = []
  let segment = 0
  let init = ''
  let breaks = 0
  let parts: { uri: string; start: boolean }[] = []
  const add = (uri: string, part: number, whole: boolean, start: boolean) => out.push({ segment, part, whole, uri, start, init, breaks })
  for (const line of text.split('\n').map((l) => l.trim())) {
    if (line.startsWith('#EXT-X-MEDIA-SEQUENCE:')) segment = Number(line.slice(22))
    else if (line.startsWith('#EXT-X-DISCONTINUITY-SEQUENCE:')) breaks = Number(line.slice(30))
    else if (line === '#EXT-X-DISCONTINUITY') breaks++
    else if (line.startsWith('#EXT-X-MAP:')) init = /URI="([^"]+)"/.exec(line)?.[1] ?? ''
    else if (line.startsWith('#EXT-X-PART:')) parts.push({ uri: /URI="([^"]+)"/.exec(line)?.[1] ?? '', start: line.includes('INDEPENDENT=YES') })
    else if (line && !line.startsWith('#')) {
      if (parts.length) parts.forEach((p, i) => add(p.uri, i, false, p.start))
      else add(line, 0, true, true)
      parts = []
      segment++
    }
  }
  parts.forEach((p, i) => add(p.uri, i, false, p.start))
  return out
}

/** What to append after `last`. Without one: from the newest place to start. When the list has moved past it, from there again, with `gap`. */
export function nextPieces(list: Piece[], last?: Piece): { pieces: Piece[]; gap: boolean } {
  const start = () => list.slice(Math.max(0, list.findLastIndex((p) => p.start)))
  if (!last) return { pieces: start(), gap: false }
  const after = list.filter((p) => p.segment > last.segment || (p.segment === last.segment && !last.whole && !p.whole && p.part > last.part))
  const first = after[0]
  if (!first) return { pieces: [], gap: false }
  // A part of the middle needs the part before it; a whole segment after parts of it would repeat them.
  const joins = first.segment === last.segment || (first.segment === last.segment + 1 && first.part === 0)
  return joins && first.init === last.init && first.breaks === last.breaks ? { pieces: after.filter((p) => p.init === last.init && p.breaks === last.breaks), gap: false } : { pieces: start(), gap: true }
}
