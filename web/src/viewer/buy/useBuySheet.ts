import { useOnline, watchDebounced } from '@vueuse/core'
import { computed, nextTick, onScopeDispose, ref, shallowRef, watch } from 'vue'
import * as money from '@/api/money'
import * as shop from '@/api/shop'
import { isApiError } from '@/api/client'
import { keepIntent } from '@/api/intent'
import type { Address, Order, Quote } from '@/api/types'
import { serverNow } from '@/lib/clock'
import { useErrorText } from '@/lib/problem'
import { useResource } from '@/lib/resource'
import { useSession } from '@/lib/session'
import { useAccount } from '../shell/account'
import type { BuyTarget } from './buy'
import { createCheckout, type PayResult } from './checkout'
import { choose, firstChoice, maxQuantity, skuOf, type Choice } from './variants'

/** A quote is renewed this long before it runs out, in ms. */
const renewMs = 5000

/** Everything the buy sheet knows and does; the component only draws it. */
export function useBuySheet(target: BuyTarget) {
  const session = useSession()
  const account = useAccount()
  const text = useErrorText()
  const { data: product, error, loading, reload } = useResource(() => shop.product(target.productId))
  const choice = ref<Choice>({})
  const quantity = ref(1)
  const addresses = shallowRef<Address[]>()
  const addressId = ref('')
  const adding = ref(false)
  const quote = shallowRef<Quote>()
  const busy = ref(false)
  const notice = ref('')
  const result = shallowRef<Extract<PayResult, { order: Order }>>()
  const online = useOnline()
  const stop = new AbortController()
  onScopeDispose(() => stop.abort())
  const checkout = createCheckout({ quote: shop.quote, place: shop.placeOrder, wait: money.waitPayment })

  const sku = computed(() => (product.value ? skuOf(product.value, choice.value) : undefined))
  const most = computed(() => maxQuantity(sku.value, product.value?.limitPerBuyer ?? 0))
  const soldOut = computed(() => product.value !== undefined && (product.value.state !== 'on' || product.value.skus.every((s) => s.left <= 0)))
  const address = computed(() => addresses.value?.find((a) => a.id === addressId.value))
  /** Before a quote exists the sum is what the server's prices say; the quote decides. */
  const totalMinor = computed(() => quote.value?.totalMinor ?? (sku.value ? sku.value.priceMinor * quantity.value + (product.value?.freightMinor ?? 0) : 0))
  /** The same array while it says the same: reading the shelf again is no new choice. */
  const lines = computed<{ skuId: string; quantity: number }[]>((was) => {
    const now = sku.value && most.value > 0 ? [{ skuId: sku.value.id, quantity: quantity.value }] : []
    return was && JSON.stringify(was) === JSON.stringify(now) ? was : now
  })

  watch(product, (p, before) => { if (p && !before) choice.value = firstChoice(p) })
  watch(most, (m) => { quantity.value = Math.max(1, Math.min(quantity.value, m)) }, { flush: 'sync' })
  watch([choice, quantity, addressId], () => { notice.value = '' }, { flush: 'sync' })
  /** Says why and shows the shelf as it is now; what that changes in the choice must not hush it. */
  async function sayAndReload(err: unknown) {
    notice.value = text(err)
    await reload()
    notice.value = text(err)
  }

  async function readAddresses() {
    if (!session.signedIn) return
    try {
      addresses.value = (await shop.addresses()).items
      addressId.value = (addresses.value.find((a) => a.id === addressId.value) ?? addresses.value.find((a) => a.isDefault) ?? addresses.value[0])?.id ?? ''
      adding.value = addresses.value.length === 0
    } catch (err) {
      notice.value = text(err)
    }
  }
  watch(() => session.me?.user.id, () => void readAddresses(), { immediate: true })

  let turn = 0
  let asking: Promise<void> | undefined
  async function ask(mine: number) {
    // Where it goes is part of the price: asked before the addresses are here, it would be asked twice.
    if (!lines.value.length || !session.signedIn || !addresses.value) return
    try {
      const got = await shop.quote(lines.value, addressId.value || undefined)
      if (mine === turn) quote.value = got
    } catch (err) {
      if (mine !== turn) return
      // The shelf moved while the sheet was open: show what is left now.
      if (isApiError(err) && err.status === 409) await sayAndReload(err)
      else notice.value = text(err)
    }
  }
  function requote() {
    quote.value = undefined
    asking = ask(++turn)
    return asking
  }
  /** The sum of what is chosen now. Who waits while it is asked anew waits for the newer answer. */
  async function quoted() {
    if (!quote.value) void requote()
    for (let seen; seen !== asking;) {
      seen = asking
      await seen
    }
    return quote.value
  }
  // An order is of what the sheet shows: the old sum ends with the choice it was for, even
  // for a press that comes before the new one is asked.
  watch([lines, addressId], () => { turn++; quote.value = undefined }, { flush: 'sync' })
  watchDebounced([lines, addresses, addressId, () => session.signedIn], () => { if (lines.value.length) void requote() }, { debounce: 200 })

  // A quote lives for minutes, a sheet may stay open longer: it is asked anew before it runs
  // out, and a sum that moved meanwhile is said before anybody pays it.
  let expiry = 0
  watch(quote, (q, before) => {
    window.clearTimeout(expiry)
    if (q) expiry = window.setTimeout(() => void renew(), Math.max(renewMs, q.expiresAt - serverNow() - renewMs))
    if (q && before && result.value === undefined && q.totalMinor !== before.totalMinor && renewing) notice.value = 'requoted'
  })
  let renewing = false
  async function renew() {
    if (busy.value || result.value || !lines.value.length || !online.value) return
    const mine = ++turn
    try {
      const got = await shop.quote(lines.value, addressId.value || undefined)
      if (mine !== turn) return
      renewing = true
      quote.value = got
      await nextTick()
      renewing = false
    } catch {
      // The next press asks again and says what is wrong.
      if (mine === turn) quote.value = undefined
    }
  }
  onScopeDispose(() => window.clearTimeout(expiry))
  // Back on the network: what was typed and chosen is still here, only the sum is asked again.
  watch(online, (on) => {
    if (!on || busy.value || result.value) return
    notice.value = ''
    if (!product.value) void reload()
    else if (session.signedIn && !addresses.value) void readAddresses()
    void requote()
  })

  function pick(name: string, value: string) {
    if (product.value) choice.value = choose(product.value, choice.value, name, value)
  }

  let pressed = false
  async function pay() {
    if (pressed || busy.value || !lines.value.length) return
    pressed = true
    const shown = totalMinor.value
    try {
      if (!(await account.ask())) return
      if (!addresses.value) await readAddresses()
      if (!addressId.value) {
        adding.value = true
        return
      }
      busy.value = true
      notice.value = ''
      const agreed = await quoted()
      if (!agreed) return
      if (agreed.totalMinor !== shown) {
        notice.value = 'requoted'
        return
      }
      const got = await checkout.pay({ lines: lines.value, quote: agreed, addressId: addressId.value, roomId: target.roomId, postId: target.postId }, stop.signal)
      if (got.kind === 'requoted') {
        quote.value = got.quote
        notice.value = 'requoted'
        void reload()
      } else {
        result.value = got
      }
    } catch (err) {
      if (isApiError(err, 'signed_out') || (isApiError(err) && err.status === 401)) session.forget()
      await sayAndReload(err)
    } finally {
      busy.value = false
      pressed = false
    }
  }

  const intent = keepIntent()
  /** Pays the same order again after the provider refused. */
  async function payAgain() {
    const order = result.value?.order
    if (!order || busy.value) return
    busy.value = true
    try {
      const got = await checkout.settle(await intent(['pay', order.id], (_, key) => shop.payOrder(order.id, key)), stop.signal)
      if (got.kind !== 'requoted') result.value = got
    } catch (err) {
      notice.value = text(err)
    } finally {
      busy.value = false
    }
  }
  function added(a: Address) {
    addresses.value = [...(addresses.value ?? []), a]
    addressId.value = a.id
    adding.value = false
  }

  void reload()
  return {
    product, error, loading, reload, choice, quantity, sku, most, soldOut, addresses, address, addressId, adding, added,
    quote, totalMinor, busy, notice, result, online, pick, pay, payAgain,
  }
}
