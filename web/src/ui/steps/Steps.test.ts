import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import Steps from './Steps.vue'
import type { StepItem } from './types'

const path: StepItem[] = [
  { key: 'paid', label: 'Paid', state: 'done', icon: 'bank-card' },
  { key: 'shipped', label: 'On its way', state: 'now', icon: 'truck' },
  { key: 'received', label: 'Received', state: 'next', icon: 'parcel' },
]

it('names the stop that is current, and only that one', () => {
  const w = mount(Steps, { props: { steps: path, label: 'Progress' } })
  const current = w.findAll('[aria-current="step"]')
  expect(current.map((s) => s.text())).toEqual(['On its way'])
  expect(w.get('ol').attributes('aria-label')).toBe('Progress')
})

it('draws a tick behind, the own icon here, and nothing ahead', () => {
  const w = mount(Steps, { props: { steps: path, label: 'Progress' } })
  expect(w.findAll('.steps__dot').map((d) => d.findAll('svg').length)).toEqual([1, 1, 0])
})
