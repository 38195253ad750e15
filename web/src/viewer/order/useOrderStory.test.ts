import { mount } from '@vue/test-utils'
import { ref } from 'vue'
import { createI18n } from 'vue-i18n'
import { expect, it } from 'vitest'
import type { Order, Refund } from '@/api/types'
import common from '@/locales/en/common'
import viewer from '@/locales/en/viewer'
import { useOrderStory } from './useOrderStory'

const at = Date.now()
const refund = (state: Refund['state']): Refund => ({ id: 'r', state, reason: 'broken', reply: 'no', amountMinor: 7900, createdAt: at })
const base = { state: 'shipped', totalMinor: 7900, receiveBy: at, paidAt: at, holdUntil: at, timeline: [] } as unknown as Order

function story(order: Partial<Order>) {
  let told!: ReturnType<typeof useOrderStory>
  mount({ setup() { told = useOrderStory(ref({ ...base, ...order })); return () => null } }, { global: { plugins: [createI18n({ legacy: false, locale: 'en', messages: { en: { common, viewer } } })] } })
  return told
}

it('says what happens next, and by when', () => {
  const told = story({})
  expect(told.headline.value).toBe('On its way')
  expect(told.under.value).toMatch(/^Counts as received today \d\d:\d\d unless/)
  expect(story({ state: 'unpaid' }).under.value).toMatch(/^Pay before today/)
})

it('is about the refund while one runs, and about the order after a refusal', () => {
  const asked = story({ refund: refund('asked') })
  expect([asked.headline.value, asked.steps.value[0]?.label]).toEqual(['The shop will answer your refund', 'Asked'])
  expect(story({ refund: refund('refunding') }).under.value).toContain('¥79.00')
  expect(story({ refund: refund('refused') }).headline.value).toBe('On its way')
})

it('tells why an order was closed, and shows no steps then', () => {
  const told = story({ state: 'closed', closedReason: 'hold_expired' })
  expect(told.under.value).toBe('The time to pay ran out, the goods went back')
  expect(told.steps.value).toEqual([])
})

it('tells the newest event first and keeps two at the same moment apart', () => {
  const told = story({ timeline: [{ code: 'placed', at }, { code: 'paid', at }, { code: 'shipped', at, params: { carrier: 'SF' } }] })
  expect(told.events.value.map((e) => e.text)).toEqual(['Shipped by SF', 'Paid', 'Ordered, kept for you'])
  expect(new Set(told.events.value.map((e) => e.key)).size).toBe(3)
})
