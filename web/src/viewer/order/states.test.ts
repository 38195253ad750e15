import { describe, expect, it } from 'vitest'
import type { Refund } from '@/api/types'
import { maskPhone, orderActs, orderSteps } from './states'

const refund = (state: Refund['state']): Refund => ({ id: 'r', state, reason: '', reply: '', amountMinor: 1, createdAt: 0 })

describe('orderSteps', () => {
  it('marks where the order stands', () => {
    expect(orderSteps({ state: 'shipped' }).map((s) => s.state)).toEqual(['done', 'done', 'now', 'next'])
    expect(orderSteps({ state: 'received' }).every((s) => s.state === 'done')).toBe(true)
    expect(orderSteps({ state: 'closed' }).every((s) => s.state === 'next')).toBe(true)
  })
  it('follows the refund while one is open, and returns after a refusal', () => {
    expect(orderSteps({ state: 'paid', refund: refund('asked') })[0]).toMatchObject({ key: 'asked', state: 'now' })
    expect(orderSteps({ state: 'refunded', refund: refund('done') }).every((s) => s.state === 'done')).toBe(true)
    expect(orderSteps({ state: 'shipped', refund: refund('refused') })[2]?.key).toBe('shipped')
  })
})

describe('orderActs', () => {
  it('offers only what the state allows', () => {
    expect(orderActs({ state: 'unpaid' })).toEqual({ pay: true, cancel: true, receive: false, refund: false, again: false })
    expect(orderActs({ state: 'shipped' })).toMatchObject({ receive: true, refund: true, pay: false })
    expect(orderActs({ state: 'closed' })).toMatchObject({ refund: false, receive: false, again: true })
  })
  it('offers no second refund while one is open', () => {
    expect(orderActs({ state: 'shipped', refund: refund('asked') })).toMatchObject({ refund: false, receive: false })
    expect(orderActs({ state: 'shipped', refund: refund('refused') })).toMatchObject({ refund: true, receive: true })
  })
})

it('hides the middle of a phone number', () => {
  expect(maskPhone('13812346021')).toBe('138 **** 6021')
})
