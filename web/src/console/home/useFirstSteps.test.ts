// @vitest-environment happy-dom
import { beforeEach, expect, it, vi } from 'vitest'
import { effectScope, shallowRef } from 'vue'
import type { Channel, Shop } from '@/api/types'
import { useFirstSteps } from './useFirstSteps'

const api = vi.hoisted(() => ({ summary: vi.fn(), channelRooms: vi.fn(), managedProducts: vi.fn() }))
vi.mock('@/api/channel', () => ({ summary: api.summary }))
vi.mock('@/api/live', () => ({ channelRooms: api.channelRooms }))
vi.mock('@/api/shop', () => ({ managedProducts: api.managedProducts }))
const settle = () => new Promise((r) => setTimeout(r))
const channel = shallowRef<Channel>()
const shop = shallowRef<Shop>()
let scope = effectScope()
const open = () => scope.run(() => useFirstSteps({ channel: () => channel.value, shop: () => shop.value })) as ReturnType<typeof useFirstSteps>

beforeEach(() => {
  scope.stop()
  scope = effectScope()
  localStorage.clear()
  channel.value = undefined
  shop.value = undefined
  api.summary.mockReset().mockResolvedValue({ posts: 2 })
  api.channelRooms.mockReset().mockResolvedValue({ items: [{ state: 'prepared' }, { state: 'cancelled' }] })
  api.managedProducts.mockReset().mockResolvedValue({ items: [], counts: { on: 0, draft: 3, off: 0, low: 0 } })
})

it('is the whole page for somebody who has nothing, and asks the server nothing', async () => {
  const f = open()
  await settle()
  expect([f.bare.value, f.shown.value]).toEqual([true, true])
  expect(api.summary).not.toHaveBeenCalled()
})

it('counts what was shown to people: a prepared room is no live, a draft is not on sale', async () => {
  channel.value = { id: 'chn_1', name: 'A' } as Channel
  shop.value = { id: 'shp_1', name: 'S' } as Shop
  const f = open()
  expect(f.shown.value).toBe(false) // not before it is known
  await settle()
  expect(f.shown.value).toBe(true)
  expect(f.steps.value.map((s) => [s.id, s.done])).toEqual([['channel', true], ['post', true], ['shop', true], ['product', false], ['live', false]])
})

it('goes when all five stand, and moves on when a shop is opened', async () => {
  channel.value = { id: 'chn_1', name: 'A' } as Channel
  api.channelRooms.mockResolvedValue({ items: [{ state: 'ended' }] })
  api.managedProducts.mockResolvedValue({ items: [], counts: { on: 1 } })
  const f = open()
  await settle()
  expect(f.steps.value.find((s) => s.next)?.id).toBe('shop')
  shop.value = { id: 'shp_1', name: 'S' } as Shop
  await settle()
  expect(f.shown.value).toBe(false)
})

it('says that the progress is not known, and stays away once put away', async () => {
  channel.value = { id: 'chn_1', name: 'A' } as Channel
  api.summary.mockRejectedValue(new Error('offline'))
  const f = open()
  await settle()
  expect(f.error.value).toBeInstanceOf(Error)
  expect(f.steps.value.find((s) => s.id === 'post')?.done).toBeUndefined()
  f.putAway()
  expect(f.shown.value).toBe(false)
  const later = open()
  await settle()
  expect([later.shown.value, api.summary.mock.calls.length]).toEqual([false, 1])
})
