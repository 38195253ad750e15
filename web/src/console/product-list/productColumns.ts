import type { ManagedProduct, ProductState } from '@/api/types'
import type { Column } from '@/ui/table/types'
import type { BadgeKind } from '@/ui/badge/types'

export const stateTones: Record<ProductState, BadgeKind> = { on: 'jade', off: 'plain', draft: 'gold' }

export const productColumns = (t: (key: string) => string): Column<ManagedProduct>[] => [
  { id: 'name', label: t('products.name'), max: 440 },
  { id: 'price', label: `${t('products.price')} ¥`, end: true, sort: (p) => p.priceMinor },
  { id: 'left', label: t('products.left'), end: true, sort: (p) => p.left },
  { id: 'held', label: t('products.held'), end: true, hideable: true, sort: (p) => p.held },
  { id: 'sold', label: t('products.sold'), end: true, hideable: true, sort: (p) => p.sold },
  { id: 'state', label: t('products.state') },
  { id: 'changed', label: t('products.changed'), hideable: true, sort: (p) => p.updatedAt },
  { id: 'act', label: t('word.actions'), quiet: true, end: true },
]
