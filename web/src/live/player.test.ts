import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type Hls from 'hls.js'
import type { LevelDetails } from 'hls.js'
import { attachHls, beyondBuffered, choosePlayer, startPlaying } from './player'

it('prefers Media Source even where the browser claims HLS', () => {
  expect(choosePlayer(true, 'maybe')).toBe('hls')
  expect(choosePlayer(false, 'maybe')).toBe('native')
  expect(choosePlayer(false, '')).toBe('none')
})
it('goes on muted when sound is not allowed yet', async () => {
  const play = vi.fn().mockRejectedValueOnce(new DOMException('', 'NotAllowedError')).mockResolvedValue(undefined)
  const video = { play, muted: false } as unknown as HTMLVideoElement
  const told = vi.fn()
  await startPlaying(video, told)
  expect(video.muted).toBe(true)
  expect(told).toHaveBeenCalledOnce()
  expect(play).toHaveBeenCalledTimes(2)
})
it('leaves other failures to the player', async () => {
  const video = { play: vi.fn().mockRejectedValue(new DOMException('', 'AbortError')), muted: false } as unknown as HTMLVideoElement
  await startPlaying(video)
  expect(video.muted).toBe(false)
})

/** What is in the element, as pairs of seconds. */
const ranges = (...pairs: [number, number][]): TimeRanges => ({ length: pairs.length, start: (i) => pairs[i]![0], end: (i) => pairs[i]![1] })
const at = (currentTime: number, ...pairs: [number, number][]) => ({ currentTime, buffered: ranges(...pairs) }) as HTMLVideoElement
/** A live playlist: whole segments of two seconds from 0, the one being made, and how far its parts reach. */
const listing = (whole: number, partEnd: number) => ({
  fragments: Array.from({ length: whole }, (_, i) => ({ start: i * 2 })),
  fragmentHint: { start: whole * 2 },
  partEnd,
}) as LevelDetails

it('finds where to go on when everything buffered has been shown', () => {
  expect(beyondBuffered(at(9.9, [6, 9.96]), listing(5, 10.5))).toBeCloseTo(10.05)
  expect(beyondBuffered(at(9.9, [0, 3], [6, 9.96]), listing(7, 14.5)), 'the next, not the newest').toBeCloseTo(10.05)
  expect(beyondBuffered(at(9.5, [6, 9.96]), listing(5, 10.5)), 'there is something to show').toBeUndefined()
  expect(beyondBuffered(at(9.9, [6, 9.96]), listing(5, 10)), 'nothing new is listed').toBeUndefined()
  expect(beyondBuffered(at(9.9, [6, 9.96]), { ...listing(5, 10.5), fragmentHint: undefined } as LevelDetails)).toBeUndefined()
})

function watched(paused: boolean) {
  const heard = new Map<string, (name: string, data: unknown) => void>()
  const hls = { on: (name: string, fn: (name: string, data: unknown) => void) => heard.set(name, fn), loadSource: vi.fn(), attachMedia: vi.fn(), startLoad: vi.fn(), recoverMediaError: vi.fn(() => { video.paused = true }), destroy: vi.fn() }
  const video = { paused, play: vi.fn(async () => { video.paused = false }), muted: false, currentTime: 9.9, buffered: ranges([6, 9.96]) }
  const kit = { Events: { MANIFEST_PARSED: 'manifest', FRAG_LOADING: 'loading', FRAG_BUFFERED: 'buffered', LEVEL_UPDATED: 'updated', ERROR: 'error' }, ErrorTypes: { MEDIA_ERROR: 'media', NETWORK_ERROR: 'network' } }
  const states: string[] = []
  attachHls(hls as unknown as Hls, kit as unknown as typeof Hls, video as unknown as HTMLVideoElement, '/live.m3u8', { live: true, onState: (s) => states.push(s) }, new AbortController())
  const tell = (event: string, data: unknown = {}) => heard.get(event)!(event, data)
  return { hls, video, states, tell, fail: (type: string) => tell('error', { fatal: true, type }) }
}
it('goes on playing after a repair, which pauses the element', () => {
  const { hls, video, fail } = watched(false)
  fail('media')
  expect(hls.recoverMediaError).toHaveBeenCalledOnce()
  expect(video.paused).toBe(false)
})
it('leaves a paused picture paused when it repairs it', () => {
  const { video, fail } = watched(true)
  fail('media')
  expect(video.play).not.toHaveBeenCalled()
})
it('gives up repairing what cannot be repaired, and asks for the stream anew', () => {
  vi.useFakeTimers()
  const { hls, states, fail } = watched(false)
  for (let i = 0; i < 4; i++) fail('media')
  expect(hls.recoverMediaError).toHaveBeenCalledTimes(3)
  expect(states).toEqual(['stalled'])
  vi.advanceTimersByTime(2000)
  expect(hls.loadSource).toHaveBeenCalledTimes(2)
  vi.useRealTimers()
})
describe('a seam the library waits at', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const newer = { details: listing(5, 10.5) }

  it('is stepped over when nothing has been loading for a second', () => {
    const { video, tell } = watched(false)
    tell('buffered')
    vi.advanceTimersByTime(999)
    tell('updated', newer)
    expect(video.currentTime).toBe(9.9)
    vi.advanceTimersByTime(1)
    tell('updated', newer)
    expect(video.currentTime).toBeCloseTo(10.05)
  })
  it('is left alone while something is loading, before anything was, and while paused', () => {
    for (const [paused, events] of [[false, []], [false, ['buffered', 'loading']], [true, ['buffered']]] as const) {
      const { video, tell } = watched(paused)
      for (const event of events) tell(event)
      vi.advanceTimersByTime(5000)
      tell('updated', newer)
      expect(video.currentTime).toBe(9.9)
    }
  })
})
