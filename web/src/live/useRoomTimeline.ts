import { onScopeDispose, ref, shallowRef } from 'vue'
import * as live from '@/api/live'
import { newKey } from '@/api/client'
import type { RoomComment } from '@/api/types'
import { serverNow } from '@/lib/clock'
import { addTalk, type RoomView } from './roomReducer'
import { openTimeline } from './timeline'

export type Link = 'joining' | 'socket' | 'http' | 'lost'

export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}

/**
 * Follows a live room for as long as the component lives. With `later` nothing is opened
 * until `start()`: an ended room answers a socket with 410, so a viewer asks its state first.
 */
export function useRoomTimeline(roomId: string, later = false) {
  const view = shallowRef<RoomView>()
  const link = ref<Link>('joining')
  const viewer = newKey()
  const own = new Set<string>()

  let line: ReturnType<typeof openTimeline> | undefined
  const start = () => { line ??= open() }
  const open = () => openTimeline({
    socket({ message, down }) {
      const ws = new WebSocket(live.socketUrl(roomId, viewer))
      ws.onmessage = (e) => message(String(e.data))
      ws.onclose = down
      ws.onerror = down
      return () => {
        ws.onmessage = ws.onclose = ws.onerror = null
        // Closing a socket that is still being opened is logged as a fault; it is let open first.
        if (ws.readyState === WebSocket.CONNECTING) ws.onopen = () => ws.close()
        else ws.close()
      }
    },
    head: (signal) => live.head(roomId, signal),
    keyframe: (e, n, signal) => live.keyframe(roomId, e, n, signal),
    tick: (e, n, signal) => live.tick(roomId, e, n, signal),
    ticks: (e, from, to, signal) => live.ticks(roomId, e, from, to, signal),
    beacon: () => live.beacon(roomId, viewer),
    now: serverNow,
    sleep,
    random: Math.random,
    onView: (next) => {
      // Own lines said since the last tick stay until a tick repeats or outgrows them.
      const echoes = (view.value?.talk ?? []).filter((c) => own.has(c.id) && c.at > next.at - 5000)
      view.value = echoes.length ? { ...next, talk: addTalk(next.talk, echoes) } : next
    },
    onLink: (to) => { link.value = to },
  })
  if (!later) start()
  onScopeDispose(() => line?.close())

  /** Shows the sender's own line at once; the tick that repeats it carries the same id. */
  function echo(comment: RoomComment) {
    own.add(comment.id)
    if (view.value) view.value = { ...view.value, talk: addTalk(view.value.talk, [comment]) }
  }
  return { view, link, echo, start }
}
