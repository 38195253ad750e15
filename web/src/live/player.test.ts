import { expect, it, vi } from 'vitest'
import { choosePlayer, startPlaying } from './player'

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
