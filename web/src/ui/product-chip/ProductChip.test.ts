import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { withWords } from '@/ui/living/testWords'
import ProductChip from './ProductChip.vue'

const product = { title: '迁西糖炒栗子', imageUrl: '/x.webp', priceMinor: 2990 }
const chip = (words: { act: string; note?: string; gone?: string }) => mount(ProductChip, { props: { product, words }, global: withWords() })

describe('the product chip', () => {
  it('opens from everywhere on it, and names the thing with the act', async () => {
    const w = chip({ act: 'Buy', note: '3 sold' })
    expect(w.element.tagName).toBe('BUTTON')
    expect(w.text()).toMatch(/迁西糖炒栗子.*29.*3 sold.*Buy/)
    await w.trigger('click')
    expect(w.emitted('buy')).toHaveLength(1)
  })
  it('shows no price of what is gone', () => {
    const w = chip({ act: 'Look', gone: 'Sold out' })
    expect(w.classes()).toContain('chip--gone')
    expect(w.text()).not.toContain('29')
  })
})
