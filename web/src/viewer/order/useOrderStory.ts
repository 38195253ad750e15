import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Order } from '@/api/types'
import { useFormat } from '@/lib/i18n'
import { formatMoney } from '@/lib/money'
import type { StepItem } from '@/ui/steps/types'
import type { TimelineItem } from '@/ui/timeline/types'
import { orderSteps } from './states'

/** An order in words: what comes next, by when, where it stands, what happened (newest first). */
export function useOrderStory(order: Ref<Order | undefined>) {
  const { t, te } = useI18n()
  const { moment, momentInside } = useFormat()
  /** A refused refund is a note beside the order; any other one is what the order is about. */
  const refund = computed(() => (order.value?.refund?.state === 'refused' ? undefined : order.value?.refund))

  const headline = computed(() => (refund.value
    ? t(`viewer.order.refundState.${refund.value.state}`)
    : t(`viewer.order.headline.${order.value?.state ?? 'paid'}`)))

  const under = computed(() => {
    const o = order.value
    if (!o) return ''
    if (refund.value) {
      if (refund.value.state === 'asked') return t('viewer.order.under.asked', { at: momentInside(refund.value.createdAt) })
      return t(`viewer.order.under.${refund.value.state === 'done' ? 'done' : 'back'}`, { sum: formatMoney(refund.value.amountMinor) })
    }
    if (o.state === 'closed') return o.closedReason && te(`viewer.order.closed.${o.closedReason}`) ? t(`viewer.order.closed.${o.closedReason}`) : o.closedReason ?? ''
    if (o.state === 'refunded') return t('viewer.order.under.done', { sum: formatMoney(o.totalMinor) })
    const at = { unpaid: o.holdUntil, paid: o.paidAt, shipped: o.receiveBy, received: o.receivedAt }[o.state]
    return at ? t(`viewer.order.under.${o.state}`, { at: momentInside(at) }) : ''
  })

  const steps = computed<StepItem[]>(() => (order.value && order.value.state !== 'closed'
    ? orderSteps(order.value).map((s) => ({ ...s, label: t(`viewer.order.step.${s.key}`) }))
    : []))

  const events = computed<TimelineItem[]>(() => [...(order.value?.timeline ?? [])].reverse().map((e, i) => ({
    key: `${e.at}-${e.code}-${i}`,
    text: te(`viewer.order.event.${e.code}`) ? t(`viewer.order.event.${e.code}`, e.params ?? {}) : e.code,
    at: e.at,
    time: moment(e.at),
  })))

  return { headline, under, steps, events }
}
