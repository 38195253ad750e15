import { describe, expect, it } from 'vitest'
import type { Sku } from '@/api/types'
import { choose, firstChoice, maxQuantity, skuOf, valueState } from './variants'

const sku = (id: string, glaze: string, size: string, left: number): Sku => ({
  id, specs: [{ name: '釉色', value: glaze }, { name: '规格', value: size }], label: `${glaze} ${size}`, priceMinor: 4900, left, sold: 0, held: 0,
})
const bowl = {
  options: [{ name: '釉色', values: ['梅子青', '月白', '霁红'] }, { name: '规格', values: ['单只', '对碗'] }],
  skus: [sku('s1', '梅子青', '单只', 0), sku('s2', '梅子青', '对碗', 3), sku('s3', '月白', '单只', 5), sku('s4', '霁红', '单只', 0)],
}

describe('choosing a variant', () => {
  it('starts with something that can be bought', () => {
    expect(firstChoice(bowl)).toEqual({ 釉色: '梅子青', 规格: '对碗' })
  })
  it('names no sku while an option is open or the pair is not offered', () => {
    expect(skuOf(bowl, { 釉色: '月白' })).toBeUndefined()
    expect(skuOf(bowl, { 釉色: '月白', 规格: '对碗' })).toBeUndefined()
    expect(skuOf(bowl, { 釉色: '月白', 规格: '单只' })?.id).toBe('s3')
  })
  it('tells sold out from never offered', () => {
    expect(valueState(bowl, { 规格: '单只' }, '釉色', '霁红')).toBe('gone')
    expect(valueState(bowl, { 规格: '对碗' }, '釉色', '月白')).toBe('none')
    expect(valueState(bowl, {}, '釉色', '月白')).toBe('open')
  })
  it('moves to the nearest sku when the pair does not exist', () => {
    expect(choose(bowl, { 釉色: '梅子青', 规格: '对碗' }, '釉色', '月白')).toEqual({ 釉色: '月白', 规格: '单只' })
  })
  it('finds the only sku of a product without options', () => {
    const one: Sku = { ...sku('s9', '', '', 1), specs: [] }
    expect(skuOf({ options: [], skus: [one] }, {})?.id).toBe('s9')
    expect(firstChoice({ options: [], skus: [one] })).toEqual({})
  })
})

describe('maxQuantity', () => {
  it('is bounded by stock and by the limit per buyer', () => {
    const s = sku('s', 'a', 'b', 5)
    expect(maxQuantity(s, 2)).toBe(2)
    expect(maxQuantity(s, 0)).toBe(5)
    expect(maxQuantity({ ...s, left: 1000 }, 0)).toBe(99)
    expect(maxQuantity(undefined, 3)).toBe(0)
  })
})
