import { beforeEach, expect, it, vi } from 'vitest'
import { makeShipRun, useShipRun } from './useShipRun'

const shipBatch = vi.hoisted(() => vi.fn())
vi.mock('@/api/shop', () => ({ shipBatch }))
const row = (i: number) => ({ orderId: `ord_${i}`, number: String(i), carrier: 'SF', trackingNo: `SF${i}` })
const settle = () => new Promise((r) => setTimeout(r))

beforeEach(() => {
  shipBatch.mockReset()
})

it('tells sent, failed and skipped apart, and sends only the failed again', async () => {
  shipBatch.mockImplementation((_: string, items: { orderId: string }[]) => Promise.resolve({ results: items.map((x, i) => ({ orderId: x.orderId, ok: i === 0, code: i === 1 ? 'order_moved_on' : i === 2 ? 'refund_open' : undefined })) }))
  const run = makeShipRun('shp_1')
  run.start([row(1), row(2), row(3)])
  expect(run.byOrder.value.get('ord_1')?.state).toBe('busy')
  await settle()
  expect(run.counts.value).toEqual({ all: 3, done: 1, failed: 1, skipped: 1, waiting: 0 })
  expect(run.finished.value).toBe(true)
  run.again()
  await settle()
  expect(shipBatch.mock.calls[1]?.[1].map((x: { orderId: string }) => x.orderId)).toEqual(['ord_2'])
})

it('pauses between parts, says the place in the queue, and goes on', async () => {
  const answers: (() => void)[] = []
  shipBatch.mockImplementation((_: string, items: { orderId: string }[]) => new Promise((r) => answers.push(() => r({ results: items.map((x) => ({ orderId: x.orderId, ok: true })) }))))
  const run = makeShipRun('shp_1')
  run.start(Array.from({ length: 60 }, (_, i) => row(i)))
  expect(run.byOrder.value.get('ord_50')?.place).toBe(1)
  run.pause()
  answers[0]?.()
  await settle()
  expect(run.counts.value).toMatchObject({ done: 50, waiting: 10 })
  expect([run.running.value, run.finished.value]).toEqual([false, false])
  run.resume()
  answers[1]?.()
  await settle()
  expect(run.counts.value.done).toBe(60)
})

it('is the same run when the page comes back', () => {
  expect(useShipRun('shp_9')).toBe(useShipRun('shp_9'))
  expect(useShipRun('shp_9')).not.toBe(useShipRun('shp_8'))
})
