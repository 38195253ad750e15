import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { withWords } from '@/ui/living/testWords'
import ProductCard from './ProductCard.vue'

const product = { number: 3, title: '手拉坯青瓷碗', imageUrl: '/x.webp', priceMinor: 4900, listPriceMinor: 8900, left: 37, sold: 63 }
const words = { head: '讲解中', hide: '收起讲解卡', buy: '马上抢' }
const card = (over = {}, props = {}) => mount(ProductCard, { props: { product: { ...product, ...over }, words, ...props }, global: withWords() })

describe('the product card', () => {
  it('asks to buy from its picture and from its button', async () => {
    const w = card()
    await w.find('.card__pic').trigger('click')
    await w.find('.card__buy').trigger('click')
    expect(w.emitted('buy')).toHaveLength(2)
  })
  it('can be put away over video, not on the shelf', async () => {
    const w = card()
    await w.find('[aria-label="收起讲解卡"]').trigger('click')
    expect(w.emitted('close')).toHaveLength(1)
    expect(card({}, { large: true }).find('[aria-label="收起讲解卡"]').exists()).toBe(false)
  })
  it('tells how many are left of what there was', () => {
    const stock = card().get('[role=meter]')
    expect(stock.attributes('aria-valuenow')).toBe('37')
    expect(stock.attributes('aria-valuemax')).toBe('100')
  })
  it('sells nothing when nothing is left', async () => {
    const w = card({ left: 0 })
    expect(w.find('.card__buy').attributes('disabled')).toBeDefined()
    expect(w.classes()).toContain('card--gone')
  })
})
