import { beforeEach, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/client'
import * as shop from '@/api/shop'
import { useProductForm } from './useProductForm'

vi.mock('@/api/shop')

const sku = (id: string, color: string, left: number) => ({ id, specs: [{ name: '颜色', value: color }], priceMinor: 4900, left, held: 0, sold: 0, code: '' })
const stored = (version: number, left: [number, number]) => ({
  id: 'prd_1', version, state: 'on', title: '青釉碗', subtitle: '', description: '', category: '', freightMinor: 0, limitPerBuyer: 0, images: ['/media/img/ast_1'],
  options: [{ name: '颜色', values: ['青', '白'] }], skus: [sku('sku_1', '青', left[0]), sku('sku_2', '白', left[1])],
}) as never

async function open() {
  vi.mocked(shop.product).mockResolvedValueOnce(stored(1, [5, 5]))
  const form = useProductForm('shp_1', 'prd_1')
  await form.load()
  for (const [i, stock] of ['8', '9'].entries()) form.rows.value[i]!.cells.stock = stock
  return form
}
const stockCalls = () => vi.mocked(shop.changeStock).mock.calls

beforeEach(() => {
  vi.resetAllMocks()
  vi.mocked(shop.updateProduct).mockImplementation(async (_id, input) => stored((input as { version: number }).version + 1, [5, 5]))
})

it('saves fields first, then stock as changes', async () => {
  const form = await open()
  vi.mocked(shop.product).mockResolvedValueOnce(stored(2, [8, 9]))
  await form.save('on')
  expect(stockCalls().map(([id, delta]) => [id, delta])).toEqual([['sku_1', 3], ['sku_2', 4]])
  expect(form.changes.value).toBe(0)
})

it('goes on where it was cut off: no stock is added twice', async () => {
  const form = await open()
  vi.mocked(shop.changeStock).mockResolvedValueOnce(undefined as never).mockRejectedValueOnce(new ApiError({ status: 0, code: 'offline' }))
  await expect(form.save('on')).rejects.toMatchObject({ code: 'offline' })
  expect(form.touched.value).toBe(true)

  vi.mocked(shop.product).mockResolvedValueOnce(stored(3, [8, 9]))
  await form.save('on')
  const [first, lost, again, ...more] = stockCalls()
  expect(first?.slice(0, 2)).toEqual(['sku_1', 3])
  expect(lost?.slice(0, 2)).toEqual(['sku_2', 4])
  // Whether the lost one counted is the server's to know: it is the same request under the same key.
  expect(again).toEqual(lost)
  expect(more).toEqual([])
  expect(vi.mocked(shop.updateProduct).mock.calls.map(([, input]) => (input as { version: number }).version)).toEqual([1, 2])
})

it('a new product that was refused is sent anew once mended', async () => {
  const form = useProductForm('shp_1')
  form.form.title = '青釉碗'
  vi.mocked(shop.createProduct).mockRejectedValueOnce(new ApiError({ status: 422, code: 'invalid' })).mockResolvedValueOnce(stored(1, [5, 5]))
  await expect(form.save('on')).rejects.toMatchObject({ status: 422 })
  form.form.title = '青釉大碗'
  await form.save('on')
  const keys = vi.mocked(shop.createProduct).mock.calls.map(([, , key]) => key)
  expect(keys[1]).not.toBe(keys[0])
})
