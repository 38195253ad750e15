import type { OptionDef } from './optionMatrix'
import type { FormPicture } from './useProductForm'

/** A picture for each value of the first option: that is the one whose look differs (a colour, a taste). */
export type Swatches = Record<string, FormPicture>

interface Variant {
  id: string
  specs: { name: string; value: string }[]
  imageAssetId?: string
  imageUrl?: string
}

/** What the stored variants show: the first picture among those of a value. */
export function swatchesOf(options: readonly OptionDef[], variants: readonly Variant[]): Swatches {
  const out: Swatches = {}
  for (const v of variants) {
    const value = v.specs.find((s) => s.name === options[0]?.name)?.value
    if (value !== undefined && v.imageAssetId && v.imageUrl && !out[value]) out[value] = { assetId: v.imageAssetId, url: v.imageUrl }
  }
  return out
}

/** The picture a variant is saved with. One nobody touched keeps its own, which may differ from its neighbours'. */
export function pictureOf(variant: Variant | undefined, value: string | undefined, swatches: Swatches, touched: ReadonlySet<string>): string | undefined {
  if (value === undefined || (variant && !touched.has(value))) return variant?.imageAssetId
  return swatches[value]?.assetId
}
