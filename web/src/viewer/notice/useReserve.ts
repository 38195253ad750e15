import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import * as api from '@/api/notice'
import type { LiveNotice } from '@/api/types'
import { serverNow } from '@/lib/clock'
import { toast } from '@/ui/toast/toast'
import { useMemberAct } from '../shell/account'
import { useReminders } from './reminders'
import { callsBefore } from './words'

/** Reserving and taking it back; `changed` gets the notice as the server has it now. */
export function useReserve(changed: (n: LiveNotice) => void) {
  const { t } = useI18n()
  const act = useMemberAct()
  const reminders = useReminders()
  /** Of the notice whose answer is awaited. */
  const busy = ref('')

  async function run(n: LiveNotice, call: (id: string) => Promise<LiveNotice>, words: string) {
    if (busy.value) return
    busy.value = n.id
    const now = await act(() => call(n.id))
    busy.value = ''
    if (!now) return void refresh(n)
    changed(now)
    toast(words, 'good')
    void reminders.look()
  }
  /** A refusal means that the notice moved on: the card shows where it is. */
  async function refresh(n: LiveNotice) {
    const now = await api.notice(n.id).catch(() => undefined) // the refusal itself was told already
    if (now) changed(now)
  }
  return {
    busy,
    reserve: (n: LiveNotice) => run(n, api.reserve, t(callsBefore(n.startsAt, serverNow()) ? 'viewer.notice.done' : 'viewer.notice.doneLate')),
    takeBack: (n: LiveNotice) => run(n, api.unreserve, t('viewer.notice.takenBack')),
  }
}
