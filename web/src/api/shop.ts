import { apiUrl, del, get, patch, post, put } from './client'
import type {
  Address, ManagedProduct, Order, OrderCounts, OrderInput, OrderPage, OrderSource, OrderState, Page, PaidOrder, Product, ProductCard,
  ProductCounts, RefundCounts, RefundQueue, ProductInput, ProductState, Quote, ShipRun, Shop, ShopOrderEvent, ShopSummary, Sku,
} from './types'

export interface ShopInput {
  name: string; kind: 'individual' | 'enterprise'; logoAssetId?: string; channelId?: string; licenceNo?: string
}
export const openShop = (input: ShopInput) => post<Shop>('/shop/shops', input)
export const myShops = () => get<Page<Shop>>('/shop/mine')
export const shop = (id: string) => get<Shop>(`/shop/shops/${id}`)
export const updateShop = (
  id: string, change: { name?: string; logoAssetId?: string; channelId?: string; announcement?: string; state?: 'open' | 'closed' },
) => patch<Shop>(`/shop/shops/${id}`, change)
export const shopSummary = (id: string) => get<ShopSummary>(`/shop/shops/${id}/summary`)

export const shopProducts = (shopId: string, cursor?: string) =>
  get<Page<ProductCard>>(`/shop/shops/${shopId}/products`, { cursor })
export const product = (id: string) => get<Product>(`/shop/products/${id}`)

export const managedProducts = (
  shopId: string, q: { state?: ProductState | 'low'; query?: string; cursor?: string; limit?: number } = {},
) => get<Page<ManagedProduct> & { counts: ProductCounts }>(`/shop/shops/${shopId}/manage/products`, q)
export const createProduct = (shopId: string, input: ProductInput, key?: string) =>
  post<Product>(`/shop/shops/${shopId}/products`, input, { key })
export const updateProduct = (id: string, input: ProductInput & { version: number }) =>
  put<Product>(`/shop/products/${id}`, input)
export const setProductState = (id: string, state: ProductState) => post<Product>(`/shop/products/${id}/state`, { state })
export const deleteProduct = (id: string) => del<void>(`/shop/products/${id}`)
export const changeStock = (skuId: string, delta: number, key?: string) =>
  post<Sku>(`/shop/skus/${skuId}/stock`, { delta }, { key })

export type AddressInput = Omit<Address, 'id'>
export const addresses = () => get<Page<Address>>('/shop/addresses')
export const addAddress = (input: AddressInput) => post<Address>('/shop/addresses', input)
export const updateAddress = (id: string, input: AddressInput) => put<Address>(`/shop/addresses/${id}`, input)
export const deleteAddress = (id: string) => del<void>(`/shop/addresses/${id}`)

export const quote = (lines: { skuId: string; quantity: number }[], addressId?: string) =>
  post<Quote>('/shop/quotes', { lines, addressId })
export const placeOrder = (input: OrderInput, key: string) => post<PaidOrder>('/shop/orders', input, { key })
export const myOrders = (state?: OrderState, cursor?: string) => get<OrderPage>('/shop/orders', { state, cursor })
export const order = (id: string) => get<Order>(`/shop/orders/${id}`)
export const payOrder = (id: string, key: string) => post<PaidOrder>(`/shop/orders/${id}/pay`, { provider: 'sandbox' }, { key })
export const cancelOrder = (id: string, reason: string, key: string) =>
  post<Order>(`/shop/orders/${id}/cancel`, { reason }, { key })
export const receiveOrder = (id: string, key: string) => post<Order>(`/shop/orders/${id}/receive`, {}, { key })
export const askRefund = (id: string, reason: string, proofAssetIds: string[], key: string) =>
  post<Order>(`/shop/orders/${id}/refunds`, { reason, proofAssetIds }, { key })

export const shopOrders = (
  shopId: string, q: { state?: OrderState; query?: string; source?: OrderSource; fromMs?: number; toMs?: number; cursor?: string; limit?: number } = {},
) => get<Page<Order> & { counts: OrderCounts }>(`/shop/shops/${shopId}/orders`, q)
export const shipOrder = (id: string, carrier: string, trackingNo: string, key: string) =>
  post<Order>(`/shop/orders/${id}/ship`, { carrier, trackingNo }, { key })
/** The server ships a sheet by itself: what it answers is how far it is. */
export const startShipRun = (shopId: string, items: { orderId: string; carrier: string; trackingNo: string }[], key: string) =>
  post<ShipRun>(`/shop/shops/${shopId}/shipments`, { items }, { key })
export const lastShipRun = (shopId: string) => get<{ run?: ShipRun }>(`/shop/shops/${shopId}/shipments`)
export const shipRun = (id: string) => get<ShipRun>(`/shop/shipments/${id}`)
export const steerShipRun = (id: string, what: 'pause' | 'resume' | 'stop' | 'again') => post<ShipRun>(`/shop/shipments/${id}/steer`, { do: what })
export const shopRefunds = (shopId: string, q: { state: RefundQueue; cursor?: string; limit?: number }) =>
  get<Page<Order> & { counts: RefundCounts }>(`/shop/shops/${shopId}/refunds`, q)
export const approveRefund = (refundId: string, reply: string, key: string) =>
  post<Order>(`/shop/refunds/${refundId}/approve`, { reply }, { key })
export const refuseRefund = (refundId: string, reply: string, key: string) =>
  post<Order>(`/shop/refunds/${refundId}/refuse`, { reply }, { key })

/** Follows a shop's orders; returns the way to stop. The browser reconnects by itself. */
export function followShop(shopId: string, on: (event: ShopOrderEvent) => void, onState?: (open: boolean) => void): () => void {
  const source = new EventSource(apiUrl(`/shop/shops/${shopId}/stream`))
  source.addEventListener('order', (e) => on(JSON.parse((e as MessageEvent<string>).data) as ShopOrderEvent))
  source.addEventListener('open', () => onState?.(true))
  source.addEventListener('error', () => onState?.(false))
  return () => source.close()
}
