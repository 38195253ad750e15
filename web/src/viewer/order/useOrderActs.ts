import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { keepIntent } from '@/api/intent'
import * as money from '@/api/money'
import * as shop from '@/api/shop'
import type { Order } from '@/api/types'
import { useTry } from '@/lib/problem'
import { confirm } from '@/ui/confirm/confirm'
import { toast } from '@/ui/toast/toast'
import { useBuy } from '../buy/buy'
import { createCheckout } from '../buy/checkout'

/** What a buyer does with an order. One act at a time; pressed again after a lost answer it is the same act. */
export function useOrderActs(changed: () => void) {
  const { t } = useI18n()
  const attempt = useTry()
  const buy = useBuy()
  const busy = ref(false)
  const intent = keepIntent()

  async function once(act: () => Promise<void>) {
    if (busy.value) return
    busy.value = true
    await attempt(act)
    busy.value = false
    changed()
  }
  const pay = (order: Order) => once(async () => {
    const checkout = createCheckout({ quote: shop.quote, place: shop.placeOrder, wait: money.waitPayment })
    const got = await checkout.settle(await intent(['pay', order.id], (_, key) => shop.payOrder(order.id, key)), new AbortController().signal)
    if (got.kind === 'paid') toast(t('viewer.pay.paid'), 'good')
    else toast(t(got.kind === 'waiting' ? 'viewer.pay.waitingHint' : 'viewer.pay.unpaidHint'), got.kind === 'waiting' ? 'plain' : 'bad')
  })
  const cancel = (order: Order) => once(async () => {
    if (!await confirm({ title: t('viewer.order.cancelAsk'), text: t('viewer.order.cancelText'), yes: t('viewer.order.cancel') })) return
    await intent(['cancel', order.id], (_, key) => shop.cancelOrder(order.id, '', key))
    toast(t('viewer.order.cancelled'))
  })
  const receive = (order: Order) => once(async () => {
    if (!await confirm({ title: t('viewer.order.receiveAsk'), text: t('viewer.order.receiveText'), yes: t('viewer.order.receiveYes') })) return
    await intent(['receive', order.id], (_, key) => shop.receiveOrder(order.id, key))
    toast(t('viewer.order.receivedToast'), 'good')
  })
  const refund = (order: Order, reason: string, proofAssetIds: string[]) => once(async () => {
    await intent(['refund', order.id, reason, proofAssetIds], (_, key) => shop.askRefund(order.id, reason, proofAssetIds, key))
    toast(t('viewer.order.refundAsked'), 'good')
  })
  function again(order: Order) {
    const line = order.lines[0]
    if (line) buy.open({ productId: line.productId })
  }
  return { busy, pay, cancel, receive, refund, again }
}
