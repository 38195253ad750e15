import { describe, expect, it } from 'vitest'
import { nextPieces, parseMaster, parseMedia } from './previewPlaylist'

const head = '#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-MAP:URI="init-1.mp4"\n'
const part = (n: string, start = false) => `#EXT-X-PART:DURATION=0.5,URI="part-${n}.m4s"${start ? ',INDEPENDENT=YES' : ''}\n`
const early = parseMedia(`${head}#EXTINF:2,\nseg-7.m4s\n${part('8-0', true)}${part('8-1')}#EXTINF:2,\nseg-8.m4s\n${part('9-0', true)}#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part-9-1.m4s"\n`)

it('reads codecs and the address of the picture', () => {
  expect(parseMaster('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.640020,mp4a.40.2"\nvideo.m3u8\n')).toEqual({ uri: 'video.m3u8', codecs: 'avc1.640020,mp4a.40.2' })
  expect(parseMaster('#EXTM3U\n')).toBeUndefined()
  expect(parseMaster('<html>')).toBeUndefined()
})

it('takes parts where they are listed and whole segments where not; a hint is no part yet', () => {
  expect(early.map((p) => p.uri)).toEqual(['seg-7.m4s', 'part-8-0.m4s', 'part-8-1.m4s', 'part-9-0.m4s'])
  expect(early.map((p) => [p.segment, p.part, p.start])).toEqual([[7, 0, true], [8, 0, true], [8, 1, false], [9, 0, true]])
})

describe('nextPieces', () => {
  it('begins at the newest place to start', () => {
    expect(nextPieces(early).pieces.map((p) => p.uri)).toEqual(['part-9-0.m4s'])
    expect(nextPieces([]).pieces).toEqual([])
  })
  it('goes on behind the last piece, never twice', () => {
    expect(nextPieces(early, early[1]).pieces.map((p) => p.uri)).toEqual(['part-8-1.m4s', 'part-9-0.m4s'])
    expect(nextPieces(early, early[3])).toEqual({ pieces: [], gap: false })
    expect(nextPieces(early, early[0]).pieces[0]?.uri).toBe('part-8-0.m4s')
  })
  it('starts anew after a gap, a break or another initialisation', () => {
    const later = parseMedia(`#EXT-X-MEDIA-SEQUENCE:40\n#EXT-X-MAP:URI="init-1.mp4"\n#EXTINF:2,\nseg-40.m4s\n`)
    expect(nextPieces(later, early[3])).toMatchObject({ gap: true, pieces: [{ uri: 'seg-40.m4s' }] })
    const broken = parseMedia(`${head}#EXTINF:2,\nseg-7.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init-2.mp4"\n#EXTINF:2,\nseg-8.m4s\n`)
    expect(nextPieces(broken, broken[0])).toMatchObject({ gap: true, pieces: [{ init: 'init-2.mp4', breaks: 1 }] })
  })
  it('starts anew when only the whole of a half-appended segment is left', () => {
    const later = parseMedia(`${head}#EXTINF:2,\nseg-7.m4s\n#EXTINF:2,\nseg-8.m4s\n#EXTINF:2,\nseg-9.m4s\n`)
    expect(nextPieces(later, early[3]).pieces).toEqual([])
    expect(nextPieces(later, early[1])).toMatchObject({ pieces: [{ uri: 'seg-9.m4s' }] })
  })
})
