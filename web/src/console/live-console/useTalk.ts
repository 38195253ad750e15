import { onScopeDispose, ref, shallowRef, watch, type ShallowRef } from 'vue'
import * as live from '@/api/live'
import type { Bought, RoomComment } from '@/api/types'
import type { RoomView } from '@/live/roomReducer'
import { useErrorText } from '@/lib/problem'
import { useToast } from '../part/useToast'
import { useWords } from '../shell/useWords'
import { markMuted, markRemoved, mergeTalk, type TalkLine } from './talk'

export interface Purchase extends Bought {
  key: string
  at: number
}

/** How long Z can take the last act back (design notes). */
const UNDO_MS = 30_000
/** Ticks bring new lines at once; this read brings what ticks left out and what other moderators did. */
const READ_MS = 4000
const READ_PAGES = 10
const PURCHASES = 100

/** Talk of a room as its team sees it, and the acts on it. */
export function useTalk(roomId: string, view: ShallowRef<RoomView | undefined>) {
  const { t } = useWords()
  const toast = useToast()
  const errorText = useErrorText()
  const lines = shallowRef<TalkLine[]>([])
  const purchases = shallowRef<Purchase[]>([])
  const pin = shallowRef<RoomComment | null>(null)
  const undoText = ref('')
  let undo: { run: () => Promise<unknown>; until: number } | undefined
  let cursor: string | undefined
  let closed = false

  async function read() {
    for (let i = 0; i < READ_PAGES && !closed; i++) {
      const page = await live.moderatedComments(roomId, cursor)
      lines.value = mergeTalk(lines.value, page.items)
      if (!page.next || page.next === cursor || page.items.length === 0) return
      cursor = page.next
    }
  }
  const readQuietly = () => void read().catch(() => undefined) // ticks go on; the next read tries again
  readQuietly()
  const timer = setInterval(() => !document.hidden && readQuietly(), READ_MS)
  onScopeDispose(() => {
    closed = true
    clearInterval(timer)
  })

  watch(view, (v) => {
    if (!v) return
    lines.value = mergeTalk(lines.value, v.talk)
    pin.value = v.pin
    const known = new Set(purchases.value.map((p) => p.key))
    const fresh = v.bought.filter((b) => !known.has(b.key)).map((b) => ({ ...b, at: v.at }))
    if (fresh.length) purchases.value = [...purchases.value, ...fresh].slice(-PURCHASES)
  })

  async function act(run: () => Promise<unknown>, back?: { text: string; run: () => Promise<unknown> }) {
    try {
      await run()
    } catch (e) {
      toast.failed(errorText(e))
      return false
    }
    undo = back && { run: back.run, until: Date.now() + UNDO_MS }
    undoText.value = back?.text ?? ''
    if (back) setTimeout(() => undo && Date.now() >= undo.until && (undoText.value = ''), UNDO_MS)
    return true
  }

  return {
    lines,
    purchases,
    pin,
    undoText,
    async say(text: string) {
      return act(async () => {
        lines.value = mergeTalk(lines.value, [await live.say(roomId, text)])
      })
    },
    pinLine: (c: TalkLine) => act(async () => {
      await live.pinComment(roomId, { commentId: c.id })
      pin.value = c
    }, { text: t('talk.pinned'), run: () => live.unpinComment(roomId) }),
    pinText: (text: string) => act(() => live.pinComment(roomId, { text })),
    unpin: () => act(async () => {
      await live.unpinComment(roomId)
      pin.value = null
    }),
    mute: (c: TalkLine, minutes: number) => act(async () => {
      await live.mute(roomId, c.u, minutes)
      lines.value = markMuted(lines.value, c.u, true)
    }, {
      text: t('talk.muted', { n: minutes, name: c.name }),
      run: async () => {
        await live.unmute(roomId, c.u)
        lines.value = markMuted(lines.value, c.u, false)
      },
    }),
    /** Silent for the whole session, and this line gone; only the silence can be taken back. */
    block: (c: TalkLine) => act(async () => {
      await live.mute(roomId, c.u, 0)
      lines.value = markMuted(lines.value, c.u, true)
      if (c.removed) return
      await live.removeComment(roomId, c.id)
      lines.value = markRemoved(lines.value, c.id)
    }, {
      text: t('talk.mutedAll', { name: c.name }),
      run: async () => {
        await live.unmute(roomId, c.u)
        lines.value = markMuted(lines.value, c.u, false)
      },
    }),
    unmute: (c: TalkLine) => act(async () => {
      await live.unmute(roomId, c.u)
      lines.value = markMuted(lines.value, c.u, false)
    }),
    remove: (c: TalkLine) => act(async () => {
      await live.removeComment(roomId, c.id)
      lines.value = markRemoved(lines.value, c.id)
    }),
    async takeBack() {
      if (!undo || Date.now() > undo.until) return
      const { run } = undo
      undo = undefined
      undoText.value = ''
      await act(run)
    },
  }
}
