import type { Product, Sku } from '@/api/types'

/** Option name → chosen value. */
export type Choice = Record<string, string>
export type ValueState = 'open' | 'gone' | 'none'

const fits = (sku: Sku, choice: Choice) =>
  Object.entries(choice).every(([name, value]) => sku.specs.some((s) => s.name === name && s.value === value))

/** The one sku a complete choice names. A product without options has exactly one. */
export function skuOf(product: Pick<Product, 'options' | 'skus'>, choice: Choice): Sku | undefined {
  if (product.options.some((o) => !(o.name in choice))) return undefined
  return product.skus.find((sku) => sku.specs.length === product.options.length && fits(sku, choice))
}

/** Whether a value can still be had beside the other choices: open, sold out, or never offered. */
export function valueState(product: Pick<Product, 'skus'>, choice: Choice, name: string, value: string): ValueState {
  const matching = product.skus.filter((sku) => fits(sku, { ...choice, [name]: value }))
  if (!matching.length) return 'none'
  return matching.some((sku) => sku.left > 0) ? 'open' : 'gone'
}

/** The first choice that can be bought, so that one tap is enough for most people. */
export function firstChoice(product: Pick<Product, 'options' | 'skus'>): Choice {
  const sku = product.skus.find((s) => s.left > 0) ?? product.skus[0]
  return Object.fromEntries((sku?.specs ?? []).map((s) => [s.name, s.value]))
}

/** A changed value keeps the others when such a sku exists, else takes the nearest that does. */
export function choose(product: Pick<Product, 'options' | 'skus'>, choice: Choice, name: string, value: string): Choice {
  const next = { ...choice, [name]: value }
  if (skuOf(product, next)) return next
  const near = product.skus.filter((sku) => fits(sku, { [name]: value }))
  const sku = near.find((s) => s.left > 0) ?? near[0]
  return sku ? Object.fromEntries(sku.specs.map((s) => [s.name, s.value])) : next
}

/** Most pieces one person may take now: stock and the buyer's limit (0 = none), 99 at most. */
export const maxQuantity = (sku: Sku | undefined, limitPerBuyer: number): number =>
  Math.max(0, Math.min(sku?.left ?? 0, limitPerBuyer > 0 ? limitPerBuyer : 99, 99))
