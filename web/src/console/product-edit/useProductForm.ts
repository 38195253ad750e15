import { computed, reactive, ref, shallowRef } from 'vue'
import { keepIntent } from '@/api/intent'
import { changeStock, createProduct, product as readProduct, updateProduct } from '@/api/shop'
import type { Product, ProductInput, ProductState } from '@/api/types'
import { pictureOf, swatchesOf, type Swatches } from './swatches'
import { buildRows, changedCells, checkRows, readMinor, rowKey, writeMinor, type MatrixRow, type OptionDef } from './optionMatrix'

export interface FormPicture {
  assetId: string
  url: string
}

const LIMITS = { title: 60, pictures: 9 }

/** The product being edited as text, and its way to the server: fields first, then stock as changes. */
export function useProductForm(shopId: string, productId?: string) {
  const base = shallowRef<Product>()
  const form = reactive({ title: '', subtitle: '', description: '', category: '', freight: '0.00', limit: '0' })
  const pictures = ref<FormPicture[]>([])
  const options = ref<OptionDef[]>([])
  const swatches = ref<Swatches>({})
  /** Values whose picture was chosen here. */
  const chosen = new Set<string>()
  const rows = ref<MatrixRow[]>(buildRows([], []))
  const state = ref<ProductState>('draft')
  const touched = ref(false)
  const creating = keepIntent()
  const stocking = keepIntent()

  const problems = computed(() => checkRows(rows.value))
  const missing = computed(() => {
    const out: string[] = []
    if (form.title.trim() === '') out.push('title')
    if (form.title.length > LIMITS.title) out.push('titleLong')
    if (pictures.value.length === 0) out.push('pictures')
    if (options.value.some((o) => o.name.trim() === '' || o.values.length === 0)) out.push('options')
    if (readMinor(form.freight) === undefined) out.push('freight')
    if (!/^\d{1,3}$/.test(form.limit)) out.push('limit')
    return out
  })
  const changes = computed(() => changedCells(rows.value))

  async function load() {
    if (productId) fill(await readProduct(productId))
  }

  function fill(p: Product) {
    base.value = p
    Object.assign(form, { title: p.title, subtitle: p.subtitle, description: p.description, category: p.category, freight: writeMinor(p.freightMinor), limit: String(p.limitPerBuyer) })
    pictures.value = p.images.map((url) => ({ assetId: assetOf(url), url }))
    options.value = p.options.map((o) => ({ name: o.name, values: [...o.values] }))
    swatches.value = swatchesOf(p.options, p.skus)
    chosen.clear()
    rows.value = p.skus.map((s) => {
      const cells = { price: writeMinor(s.priceMinor), list: s.listPriceMinor ? writeMinor(s.listPriceMinor) : '', stock: String(s.left), code: s.code ?? '' }
      const values = p.options.map((o) => s.specs.find((x) => x.name === o.name)?.value ?? '')
      return { key: rowKey(values), values, skuId: s.id, cells, saved: { ...cells } }
    })
    state.value = p.state
    touched.value = false
  }

  function setOptions(next: OptionDef[]) {
    options.value = next
    rows.value = buildRows(next, rows.value)
    touched.value = true
  }

  function setSwatch(value: string, picture: FormPicture | undefined) {
    const next = { ...swatches.value }
    if (picture) next[value] = picture
    else delete next[value]
    swatches.value = next
    chosen.add(value)
    touched.value = true
  }

  function input(to: ProductState): ProductInput {
    return {
      title: form.title.trim(), subtitle: form.subtitle.trim(), description: form.description.trim(), category: form.category.trim(),
      imageAssetIds: pictures.value.map((p) => p.assetId), options: options.value, limitPerBuyer: Number(form.limit), freightMinor: readMinor(form.freight) ?? 0, state: to,
      skus: rows.value.map((r) => ({
        id: r.skuId, specs: r.values.map((value, i) => ({ name: options.value[i]?.name ?? '', value })), priceMinor: readMinor(r.cells.price) ?? 0,
        listPriceMinor: r.cells.list === '' ? undefined : readMinor(r.cells.list), imageAssetId: pictureOf(base.value?.skus.find((s) => s.id === r.skuId), r.values[0], swatches.value, chosen), stock: r.skuId ? undefined : Number(r.cells.stock), code: r.cells.code.trim() || undefined,
      })),
    }
  }

  /** Known SKUs change stock by what was added or taken, so that an order placed meanwhile is not overwritten. */
  async function save(to: ProductState): Promise<Product> {
    const moved = rows.value.filter((r) => r.skuId && r.cells.stock !== r.saved.stock)
    const saved = base.value ? await updateProduct(base.value.id, { ...input(to), version: base.value.version }) : await creating(input(to), (wish, key) => createProduct(shopId, wish, key))
    // What is done is done: if a step below fails, pressing again goes on from there.
    if (moved.length) {
      base.value = saved
      touched.value = true
    }
    for (const row of moved) {
      const wish = { id: row.skuId as string, delta: Number(row.cells.stock) - Number(row.saved.stock) }
      if (wish.delta !== 0) await stocking(wish, ({ id, delta }, key) => changeStock(id, delta, key))
      row.saved.stock = row.cells.stock
    }
    const fresh = moved.length ? await readProduct(saved.id) : saved
    fill(fresh)
    return fresh
  }

  return { base, form, pictures, options, swatches, rows, state, touched, problems, missing, changes, load, setOptions, setSwatch, save }
}

/** Pictures are served as /media/img/<asset>; the id is the last part of the path. */
export function assetOf(url: string): string {
  return /\/media\/img\/([^/?#.]+)/.exec(url)?.[1] ?? ''
}
