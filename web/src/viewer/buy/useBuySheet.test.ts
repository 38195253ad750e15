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
  useSession().me = { user: { id: 'usr_1', name: '小满' } } as never
  vi.mocked(shop.product).mockResolvedValue(product as never)
  vi.mocked(shop.addresses).mockResolvedValue({ items: [address] } as never)
})

async function open() {
  let sheet: ReturnType<typeof useBuySheet> | undefined
  const w = mount(defineComponent({ setup() { sheet = useBuySheet({ productId: 'prd_1' }); return () => null } }), { global: withWords() })
  await flushPromises()
  await vi.advanceTimersByTimeAsync(300)
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
