import { ref } from 'vue'
import { expect, it } from 'vitest'
import type { RoomState } from '@/api/types'
import type { Link } from '@/live/useRoomTimeline'
import type { PlayerState } from '@/live/player'
import { useStageFace } from './useStageFace'

function face(room: RoomState | undefined, state: PlayerState, { link = 'socket' as Link, started = false, online = true } = {}) {
  return useStageFace(ref(room), ref(link), { state: ref(state), started: ref(started), online: ref(online) as never }).value
}

it('is what the room says, whatever the picture does', () => {
  expect(face('ended', 'playing', { started: true })).toBe('ended')
  expect(face('reconnecting', 'stalled', { started: true })).toBe('reconnecting')
})
it('leaves a running, paused or hiccuping picture alone', () => {
  expect(face('live', 'playing', { started: true })).toBeUndefined()
  expect(face('live', 'paused', { started: true })).toBeUndefined()
  expect(face('live', 'stalled', { started: true })).toBeUndefined()
})
it('is the connecting one until something ran, and the lost one when nothing can come', () => {
  expect(face('live', 'stalled')).toBe('loading')
  expect(face(undefined, 'loading', { link: 'joining' })).toBe('loading')
  expect(face('live', 'loading', { link: 'lost' })).toBe('failed')
  expect(face('live', 'loading', { online: false })).toBe('failed')
})
it('says when this browser cannot play it', () => {
  expect(face('live', 'failed')).toBe('unplayable')
})
