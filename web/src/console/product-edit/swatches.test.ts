import { expect, it } from 'vitest'
import { pictureOf, swatchesOf } from './swatches'

const options = [{ name: 'Colour', values: ['Rust', 'Moss'] }, { name: 'Size', values: ['S', 'M'] }]
const sku = (id: string, colour: string, size: string, asset?: string) => ({ id, specs: [{ name: 'Colour', value: colour }, { name: 'Size', value: size }], imageAssetId: asset, imageUrl: asset && `/media/img/${asset}` })
const stored = [sku('1', 'Rust', 'S'), sku('2', 'Rust', 'M', 'ast_r'), sku('3', 'Moss', 'S')]

it('reads one picture for a value from whichever variant has it', () => {
  expect(swatchesOf(options, stored)).toEqual({ Rust: { assetId: 'ast_r', url: '/media/img/ast_r' } })
  expect(swatchesOf([], stored)).toEqual({})
})

it('gives every variant of a chosen value its picture, and leaves the others as they were', () => {
  const chosen = { Rust: { assetId: 'ast_r', url: '' }, Moss: { assetId: 'ast_m', url: '' } }
  expect(pictureOf(stored[0], 'Rust', chosen, new Set())).toBeUndefined()
  expect(pictureOf(stored[0], 'Rust', chosen, new Set(['Rust']))).toBe('ast_r')
  expect(pictureOf(undefined, 'Moss', chosen, new Set())).toBe('ast_m') // a new size of a known colour
  expect(pictureOf(stored[1], 'Rust', {}, new Set(['Rust']))).toBeUndefined() // taken off
  expect(pictureOf(stored[1], undefined, {}, new Set())).toBe('ast_r')
})
