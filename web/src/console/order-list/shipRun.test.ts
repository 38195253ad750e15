// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { makeShipRun, useShipRun } from './useShipRun'

const api = vi.hoisted(() => ({ startShipRun: vi.fn(), shipRun: vi.fn(), lastShipRun: vi.fn(), steerShipRun: vi.fn() }))
vi.mock('@/api/shop', () => api)
const item = (i: number) => ({ orderId: `ord_${i}`, carrier: 'SF', trackingNo: `SF${i}` })
const line = (i: number, state = 'waiting', code?: string) => ({ ...item(i), number: String(i), state, code })
const sheet = (state: string, ...lines: object[]) => ({ id: 'shr_1', state, createdAt: 1, lines })

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
  Object.values(api).forEach((f) => f.mockReset())
})
afterEach(() => void vi.useRealTimers())

it('follows the sheet until the server is done with it, and tells sent, failed and skipped apart', async () => {
  api.startShipRun.mockResolvedValue(sheet('running', line(1), line(2), line(3)))
  const run = makeShipRun('shp_1')
  await run.start([item(1), item(2), item(3)], 'key-1')
  expect(api.startShipRun).toHaveBeenCalledWith('shp_1', [item(1), item(2), item(3)], 'key-1')
  expect(run.byOrder.value.get('ord_1')?.state).toBe('busy')
  expect(run.byOrder.value.get('ord_3')?.place).toBe(2)
  api.shipRun.mockResolvedValue(sheet('done', line(1, 'shipped'), line(2, 'refused', 'order_moved_on'), line(3, 'refused', 'refund_open')))
  await vi.advanceTimersByTimeAsync(1000)
  expect(run.counts.value).toEqual({ all: 3, done: 1, failed: 1, skipped: 1, waiting: 0 })
  expect(run.finished.value).toBe(true)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(api.shipRun).toHaveBeenCalledTimes(1)
})

it('says when the progress is not known, and finds it again', async () => {
  api.startShipRun.mockResolvedValue(sheet('running', line(1)))
  const run = makeShipRun('shp_1')
  await run.start([item(1)], 'key-1')
  api.shipRun.mockRejectedValueOnce(new Error('offline'))
  await vi.advanceTimersByTimeAsync(1000)
  expect([run.lost.value, run.running.value]).toEqual([true, true])
  api.shipRun.mockResolvedValue(sheet('done', line(1, 'shipped')))
  await vi.advanceTimersByTimeAsync(4000)
  expect([run.lost.value, run.finished.value]).toEqual([false, true])
})

it('hands commands to the server and shows what it made of them', async () => {
  api.startShipRun.mockResolvedValue(sheet('running', line(1), line(2)))
  const run = makeShipRun('shp_1')
  await run.start([item(1), item(2)], 'key-1')
  api.steerShipRun.mockResolvedValueOnce(sheet('paused', line(1, 'shipped'), line(2)))
  await run.pause()
  expect(run.paused.value).toBe(true)
  await vi.advanceTimersByTimeAsync(5000)
  expect(api.shipRun).not.toHaveBeenCalled()
  api.steerShipRun.mockResolvedValueOnce(sheet('done', line(1, 'shipped'), line(2, 'refused', 'stopped')))
  await run.stop()
  expect(api.steerShipRun.mock.calls.map((c) => c[1])).toEqual(['pause', 'stop'])
  expect(run.counts.value).toMatchObject({ done: 1, failed: 1 })
})

it('finds the sheet another window began, and not the one that was put away', async () => {
  const ended = (ago: number) => ({ run: { ...sheet('done', line(1, 'shipped')), endedAt: Date.now() - ago } })
  const run = makeShipRun('shp_1')
  api.lastShipRun.mockResolvedValue(ended(25 * 3_600_000))
  await run.find()
  expect(run.rows.value).toHaveLength(0) // yesterday's is no news
  api.lastShipRun.mockResolvedValue(ended(60_000))
  await run.find()
  expect(run.rows.value).toHaveLength(1)
  run.close()
  const later = makeShipRun('shp_1')
  await later.find()
  expect(later.rows.value).toHaveLength(0)
  api.lastShipRun.mockResolvedValue({})
  await later.find()
  expect(later.rows.value).toHaveLength(0)
})

it('is the same run when the page comes back', () => {
  expect(useShipRun('shp_9')).toBe(useShipRun('shp_9'))
  expect(useShipRun('shp_9')).not.toBe(useShipRun('shp_8'))
})
