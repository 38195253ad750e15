import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import * as api from '@/api/notice'
import type { LiveNotice, LiveReminder } from '@/api/types'
import { useSession } from '@/lib/session'

/** Coming back to the page looks again, at most this often (ms). */
const againMs = 30_000

/**
 * What this person reserved and was told. The server keeps every reminder until it is read, so the
 * stream only makes it quick; it is open while something reserved is still to come, because a page
 * that waits holds one of the few connections a browser has for a site.
 */
export const useReminders = defineStore('reminders', () => {
  const session = useSession()
  const told = shallowRef<LiveReminder[]>([])
  const coming = shallowRef<LiveNotice[]>()
  const past = shallowRef<LiveNotice[]>([])
  const error = shallowRef<unknown>()
  const current = computed(() => told.value[0])
  let stream: EventSource | undefined
  let lookedAt = 0
  let turn = 0

  async function look(): Promise<void> {
    if (!session.signedIn) return clear()
    const mine = ++turn
    lookedAt = Date.now()
    try {
      const [list, kept] = await Promise.all([api.reminders(), api.reservations()])
      if (mine !== turn) return
      told.value = list.items
      coming.value = kept.coming
      past.value = kept.past
      error.value = undefined
      listen(kept.coming.length > 0)
    } catch (err) {
      if (mine === turn) error.value = err
    }
  }
  function listen(on: boolean) {
    if (on === (stream !== undefined && stream.readyState !== EventSource.CLOSED)) return
    stream?.close()
    stream = on ? api.reminderEvents() : undefined
    stream?.addEventListener('reminder', () => void look())
  }
  function clear() {
    turn++
    told.value = []
    coming.value = undefined
    past.value = []
    listen(false)
  }
  /** Away at once; the server hears of it in its own time, and a lost word shows it once more. */
  function read(r: LiveReminder) {
    told.value = told.value.filter((x) => x !== r)
    void api.readReminder(r.notice.id, r.kind).catch(() => undefined)
  }
  function back() {
    if (!document.hidden && Date.now() - lookedAt > againMs) void look()
  }
  return { told, coming, past, error, current, look, clear, read, back }
})
