import { expect, it } from 'vitest'
import { firstSteps, type Facts } from './firstSteps'

const next = (f: Facts) => firstSteps(f).find((s) => s.next)?.id
const done = (f: Facts) => firstSteps(f).filter((s) => s.done).map((s) => s.id)
const blocked = (f: Facts) => firstSteps(f).filter((s) => s.after).map((s) => s.id)

it('begins with a channel, and opens only what can be done now', () => {
  expect(next({})).toBe('channel')
  expect(done({})).toEqual([])
  expect(blocked({})).toEqual(['post', 'product', 'live'])
})

it('shows a channel without a shop its first clip, then the shop', () => {
  expect(next({ channel: 'A', posts: 0, lives: 0 })).toBe('post')
  expect(next({ channel: 'A', posts: 3, lives: 0 })).toBe('shop')
  expect(blocked({ channel: 'A', posts: 3, lives: 0 })).toEqual(['product'])
})

it('shows a shop without a channel the channel, and keeps what it did', () => {
  const f = { shop: 'S', onSale: 4 }
  expect(next(f)).toBe('channel')
  expect(done(f)).toEqual(['shop', 'product'])
})

it('names nothing as next while an earlier step is not known', () => {
  expect(next({ channel: 'A', shop: 'S' })).toBeUndefined()
  expect(firstSteps({ channel: 'A', shop: 'S' }).map((s) => s.done)).toEqual([true, undefined, true, undefined, undefined])
})

it('is over when all five stand', () => {
  const f = { channel: 'A', shop: 'S', posts: 1, onSale: 1, lives: 1 }
  expect(next(f)).toBeUndefined()
  expect(done(f)).toHaveLength(5)
})
