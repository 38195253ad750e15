// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import common from '@/locales/en/common'
import viewer from '@/locales/en/viewer'
import type { Refund } from '@/api/types'
import RefundNote from './RefundNote.vue'

const i18n = createI18n({ legacy: false, locale: 'en', messages: { en: { common, viewer } } })
const note = (refund: Partial<Refund>) => mount(RefundNote, {
  props: { refund: { id: 'rfd_1', state: 'asked', amountMinor: 2300, reason: 'Too late', createdAt: 1_790_000_000_000, ...refund } as Refund },
  global: { plugins: [i18n] },
})

it.each(['asked', 'approved', 'refunding', 'done'] as const)('leaves the heading of a refund that is %s to the head of the order', (state) => {
  const w = note({ state })
  expect(w.find('h2').exists()).toBe(false)
  expect(w.text()).toContain('23')
})

it('names a refused refund, which the head leaves out, with what the shop said', () => {
  const w = note({ state: 'refused', reply: 'The seal is broken' })
  expect(w.get('h2').text()).toBe('Refund refused')
  expect(w.text()).toContain('The seal is broken')
})
