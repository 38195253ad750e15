import { useI18n } from 'vue-i18n'
import type { LiveNotice } from '@/api/types'
import { useFormat } from '@/lib/i18n'
import { serverNow } from '@/lib/clock'
import type { NoticeFace, NoticeWords, ShownNotice } from '@/ui/notice-card/types'

/** The call that comes ten minutes before is promised only while it is still ahead. */
export const callsBefore = (startsAt: number, now: number) => startsAt - now > 10 * 60_000

export function faceOf(n: LiveNotice): NoticeFace {
  if (n.state === 'live') return 'live'
  if (n.state !== 'planned') return 'over'
  return n.reserved ? 'reserved' : 'open'
}

/** A notice in the words of the card. */
export function useNoticeWords() {
  const { t } = useI18n()
  const { moment } = useFormat()
  const head = (n: LiveNotice) => (n.state === 'planned' ? t('viewer.notice.head') : n.state === 'live' ? t('viewer.notice.live') : t(`viewer.notice.state.${n.state}`))
  const late = (n: LiveNotice) => n.state === 'planned' && n.startsAt <= serverNow()
  return {
    head,
    when: (n: LiveNotice) => moment(n.startsAt),
    promise: (n: LiveNotice) => t(callsBefore(n.startsAt, serverNow()) ? 'viewer.notice.calls' : 'viewer.notice.callsAtStart'),
    shown: (n: LiveNotice): ShownNotice => ({ title: n.title, coverUrl: n.coverUrl || n.channel.avatarUrl, face: faceOf(n) }),
    words: (n: LiveNotice): NoticeWords => ({
      head: head(n), when: moment(n.startsAt), note: late(n) ? t('viewer.notice.late') : undefined,
      reserve: t('viewer.notice.reserve'), reserved: t('viewer.notice.reserved'), takeBack: t('viewer.notice.takeBack'), enter: t('viewer.notice.enter'),
    }),
  }
}
