import { expect, it, vi } from 'vitest'
import type Hls from 'hls.js'
import { attachHls, choosePlayer, startPlaying } from './player'

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

function watched(paused: boolean) {
  const heard = new Map<string, (name: string, data: unknown) => void>()
  const hls = { on: (name: string, fn: (name: string, data: unknown) => void) => heard.set(name, fn), loadSource: vi.fn(), attachMedia: vi.fn(), startLoad: vi.fn(), recoverMediaError: vi.fn(() => { video.paused = true }), destroy: vi.fn() }
  const video = { paused, play: vi.fn(async () => { video.paused = false }), muted: false }
  const kit = { Events: { MANIFEST_PARSED: 'manifest', FRAG_BUFFERED: 'buffered', ERROR: 'error' }, ErrorTypes: { MEDIA_ERROR: 'media', NETWORK_ERROR: 'network' } }
  const states: string[] = []
  attachHls(hls as unknown as Hls, kit as unknown as typeof Hls, video as unknown as HTMLVideoElement, '/live.m3u8', { live: true, onState: (s) => states.push(s) }, new AbortController())
  return { hls, video, states, fail: (type: string) => heard.get('error')!('error', { fatal: true, type }) }
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
