import { computed, type Ref } from 'vue'
import type { RoomState } from '@/api/types'
import type { Link } from '@/live/useRoomTimeline'
import type { Picture } from './picture'

export type Face = 'loading' | 'reconnecting' | 'ended' | 'cancelled' | 'prepared' | 'unplayable' | 'failed'

/** What stands in for the picture when there is none; undefined while it runs. */
export function useStageFace(state: Ref<RoomState | undefined>, link: Ref<Link>, picture: Pick<Picture, 'state' | 'started' | 'online'>) {
  return computed<Face | undefined>(() => {
    const s = state.value
    if (s === 'ended' || s === 'cancelled' || s === 'reconnecting' || s === 'prepared') return s
    const p = picture.state.value
    if (p === 'failed') return 'unplayable'
    if (p === 'playing' || p === 'paused') return undefined
    // A break in a running picture keeps its last frame; the band above says what is wrong.
    if (p === 'stalled' && picture.started.value) return undefined
    return link.value === 'lost' || !picture.online.value ? 'failed' : 'loading'
  })
}
