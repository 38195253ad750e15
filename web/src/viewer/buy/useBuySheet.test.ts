import { mount, flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { defineComponent } from 'vue'
import { beforeEach, expect, it, vi } from 'vitest'
import * as shop from '@/api/shop'
import { useSession } from '@/lib/session'
import { withWords } from '@/ui/living/testWords'
import { useBuySheet } from './useBuySheet'

vi.mock('@/api/shop')
vi.mock('@/api/money')

const sku = { id: 'sku_1', label: '', specs: [], priceMinor: 4900, left: 9, held: 0, sold: 0 }
const product = { id: 'prd_1', state: 'on', options: [], skus: [sku], priceMinor: 4900, freightMinor: 0, limitPerBuyer: 0 }
const address = { id: 'adr_1', isDefault: true, name: '', phone: '', region: '', detail: '' }
const lifeMs = 60_000
const quote = (totalMinor: number) => ({ id: `q${totalMinor}`, expiresAt: Date.now() + lifeMs, totalMinor, discountMinor: 0, freightMinor: 0, goodsMinor: totalMinor, lines: [], shopId: 's', currency: 'CNY' }) as never

beforeEach(() => {
  vi.useFakeTimers()
  vi.clearAllMocks()
  setActivePinia(createPinia())
  const session = useSession()
  session.me = { user: { id: 'usr_1', name: '小满' } } as never
  session.ready = true
  vi.mocked(shop.product).mockResolvedValue(product as never)
  vi.mocked(shop.addresses).mockResolvedValue({ items: [address] } as never)
})

async function open(waitMs = 300) {
  let sheet: ReturnType<typeof useBuySheet> | undefined
  const w = mount(defineComponent({ setup() { sheet = useBuySheet({ productId: 'prd_1' }); return () => null } }), { global: withWords() })
  await flushPromises()
  await vi.advanceTimersByTimeAsync(waitMs)
  if (!sheet) throw new Error('not mounted')
  return { w, sheet }
}

it('renews a quote before it runs out, and says a sum that moved meanwhile', async () => {
  vi.mocked(shop.quote).mockImplementationOnce(async () => quote(4900)).mockImplementationOnce(async () => quote(5900))
  const { w, sheet } = await open()
  expect(sheet.totalMinor.value).toBe(4900)
  await vi.advanceTimersByTimeAsync(lifeMs - 4000)
  expect(shop.quote).toHaveBeenCalledTimes(2)
  expect(sheet.totalMinor.value).toBe(5900)
  expect(sheet.notice.value).toBe('requoted')
  w.unmount()
})
it('says nothing when the renewed sum is the same', async () => {
  vi.mocked(shop.quote).mockImplementation(async () => quote(4900))
  const { w, sheet } = await open()
  await vi.advanceTimersByTimeAsync(lifeMs)
  expect(shop.quote).toHaveBeenCalledTimes(2)
  expect(sheet.notice.value).toBe('')
  w.unmount()
})
it('keeps count and choice when the network comes back, and asks the sum again', async () => {
  vi.mocked(shop.quote).mockImplementation(async (lines) => quote(4900 * (lines[0]?.quantity ?? 1)))
  const { w, sheet } = await open()
  sheet.quantity.value = 3
  await vi.advanceTimersByTimeAsync(300)
  const asked = vi.mocked(shop.quote).mock.calls.length
  window.dispatchEvent(new Event('offline'))
  await flushPromises()
  window.dispatchEvent(new Event('online'))
  await flushPromises()
  expect(sheet.quantity.value).toBe(3)
  expect(vi.mocked(shop.quote).mock.calls.length).toBe(asked + 1)
  expect(sheet.totalMinor.value).toBe(14_700)
  w.unmount()
})
it('a press before the sum is here waits for it, and three presses are one order', async () => {
  vi.mocked(shop.quote).mockImplementation(() => new Promise((resolve) => setTimeout(() => resolve(quote(4900)), 500)))
  vi.mocked(shop.placeOrder).mockResolvedValue({ order: { id: 'ord_1' }, payment: { id: 'pay_1', state: 'paid' } } as never)
  const { w, sheet } = await open(0)
  // The sheet asks by itself 200 ms later, while this press already asked.
  for (let i = 0; i < 3; i++) void sheet.pay()
  await vi.advanceTimersByTimeAsync(2000)
  expect(shop.placeOrder).toHaveBeenCalledTimes(1)
  expect(sheet.result.value?.kind).toBe('paid')
  w.unmount()
})
it('orders what it shows: a press right after the count changed waits for the sum of that count', async () => {
  vi.mocked(shop.quote).mockImplementation(async (lines) => quote(4900 * (lines[0]?.quantity ?? 1)))
  vi.mocked(shop.placeOrder).mockResolvedValue({ order: { id: 'ord_1' }, payment: { id: 'pay_1', state: 'paid' } } as never)
  const { w, sheet } = await open()
  sheet.quantity.value = 2
  expect(sheet.totalMinor.value).toBe(9800)
  void sheet.pay()
  await vi.advanceTimersByTimeAsync(1000)
  expect(vi.mocked(shop.placeOrder).mock.calls.map(([input]) => input.quoteId)).toEqual(['q9800'])
  w.unmount()
})
it('a sum that turns out another than the one pressed is said and not ordered', async () => {
  vi.mocked(shop.quote).mockImplementation(async (lines) => quote(4900 * (lines[0]?.quantity ?? 1) + 600))
  const { w, sheet } = await open()
  sheet.quantity.value = 2
  void sheet.pay()
  await vi.advanceTimersByTimeAsync(1000)
  expect(shop.placeOrder).not.toHaveBeenCalled()
  expect(sheet.notice.value).toBe('requoted')
  expect(sheet.totalMinor.value).toBe(10_400)
  w.unmount()
})
it('why it was refused stays on the sheet when the shelf shows fewer pieces', async () => {
  vi.mocked(shop.quote).mockImplementation(async (lines) => quote(4900 * (lines[0]?.quantity ?? 1)))
  const { w, sheet } = await open()
  sheet.quantity.value = 3
  await vi.advanceTimersByTimeAsync(300)
  vi.mocked(shop.placeOrder).mockRejectedValue(new Error('gone'))
  vi.mocked(shop.product).mockResolvedValue({ ...product, skus: [{ ...sku, left: 2 }] } as never)
  void sheet.pay()
  await vi.advanceTimersByTimeAsync(1000)
  expect(sheet.quantity.value).toBe(2)
  expect(sheet.notice.value).not.toBe('')
  w.unmount()
})
