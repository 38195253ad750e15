// Wire shapes, named as the server's OpenAPI document names them. Times are unix
// milliseconds, money is integer minor units (fen).

export type Currency = 'CNY'

export interface Page<T> { items: T[]; next?: string }

// --- server, identity ---------------------------------------------------------
export type DemoRole = 'viewer' | 'host' | 'merchant' | 'operator'
export interface ServerInfo {
  name: string; version: string; demo: boolean; now: number; rtmpUrl: string
  features: { ffmpeg: boolean; whip: boolean; sandboxPay: boolean }
  demoRoles?: DemoRole[]
}
export interface UserCard { id: string; name: string; avatarUrl: string }
export interface Me { user: UserCard & { login: string; bio: string; locale: string }; operator: boolean; demo: boolean }
export interface Session { id: string; current: boolean; userAgent: string; createdAt: number; lastSeenAt: number }
export type TeamRole = 'owner' | 'moderator' | 'staff'
export interface TeamMember { user: UserCard; role: TeamRole }

// --- media --------------------------------------------------------------------
export interface Video { hlsUrl: string; fileUrl: string; durationMs: number; width: number; height: number }
export interface Asset {
  id: string; kind: 'video' | 'image'; state: 'uploading' | 'ready' | 'refused'; code?: string
  width: number; height: number; durationMs: number; video?: Video; imageUrl?: string
}

// --- channel ------------------------------------------------------------------
export interface ChannelCard {
  id: string; handle: string; name: string; avatarUrl: string
  kind: 'personal' | 'bluev' | 'media'; verified: boolean; followed: boolean; liveRoomId?: string
}
export interface Channel extends ChannelCard {
  bio: string; coverUrl: string; followers: number; posts: number; likes: number; ownerId: string
  role?: TeamRole; shopId?: string; createdAt: number
}
export interface Post {
  id: string; kind: 'video' | 'pictures'; channel: ChannelCard; text: string; tags: string[]
  video?: Video; pictures: string[]; coverUrl: string; product?: ProductCard; pinned: boolean
  likes: number; comments: number; saves: number; shares: number; liked: boolean; saved: boolean
  state: 'live' | 'hidden'; hiddenReason?: string; createdAt: number
}
export interface PostComment {
  id: string; user: UserCard; text: string; likes: number; liked: boolean; byAuthor: boolean
  hidden: boolean; createdAt: number; replyTo?: string
}
export interface ChannelSummary {
  followers: number; followersToday: number; views?: number; likes: number; comments: number; posts: number
}

// --- feed ---------------------------------------------------------------------
export type FeedTab = 'recommended' | 'following' | 'live'
export type FeedItem =
  | { kind: 'post'; post: Post; reason: string }
  | { kind: 'room'; room: RoomCard; reason: string }

// --- shop ---------------------------------------------------------------------
export type ProductState = 'draft' | 'on' | 'off'
export interface ProductCard {
  id: string; shopId: string; title: string; imageUrl: string; priceMinor: number; listPriceMinor?: number
  maxPriceMinor: number; sold: number; left: number; state: ProductState; currency: Currency
}
export interface Spec { name: string; value: string }
export interface Sku {
  id: string; specs: Spec[]; label: string; imageUrl?: string; priceMinor: number; listPriceMinor?: number
  left: number; sold: number; held: number; code?: string
}
export interface ProductOption { name: string; values: string[] }
export interface ShopCard {
  id: string; name: string; logoUrl: string; kind: 'individual' | 'enterprise'; channelId?: string; state: 'open' | 'closed'
}
export interface Shop extends ShopCard {
  role?: 'owner' | 'staff'; feeBps: number; products: number; createdAt: number; announcement: string
}
export interface Product extends ProductCard {
  subtitle: string; description: string; images: string[]; options: ProductOption[]; skus: Sku[]
  category: string; limitPerBuyer: number; freightMinor: number; shop: ShopCard; version: number
}
export interface ManagedProduct extends ProductCard { skuCount: number; held: number; category: string; updatedAt: number }
export interface ProductCounts { on: number; off: number; draft: number; low: number }
export interface ProductInput {
  title: string; subtitle: string; description: string; category: string; imageAssetIds: string[]
  options: ProductOption[]
  skus: {
    id?: string; specs: Spec[]; priceMinor: number; listPriceMinor?: number; stock?: number
    imageAssetId?: string; code?: string
  }[]
  limitPerBuyer: number; freightMinor: number; state: ProductState
}
export interface Address { id: string; name: string; phone: string; region: string; detail: string; isDefault: boolean }
export interface OrderLine {
  id: string; productId: string; skuId: string; title: string; label: string; imageUrl: string
  priceMinor: number; quantity: number; totalMinor: number
}
export interface Quote {
  id: string; lines: OrderLine[]; goodsMinor: number; freightMinor: number; discountMinor: number
  totalMinor: number; currency: Currency; expiresAt: number
}
export type OrderState = 'unpaid' | 'paid' | 'shipped' | 'received' | 'closed' | 'refunded'
export interface Refund {
  id: string; state: 'asked' | 'approved' | 'refused' | 'refunding' | 'done'
  reason: string; reply: string; amountMinor: number; createdAt: number
}
export interface OrderEvent { at: number; code: string; params?: Record<string, string> }
export interface Order {
  id: string; number: string; state: OrderState; shop: ShopCard; buyer: UserCard; lines: OrderLine[]
  goodsMinor: number; freightMinor: number; discountMinor: number; totalMinor: number
  /** Only a merchant or an operator sees the fee. */
  feeMinor?: number
  address: Address; note: string; roomId?: string; postId?: string; holdUntil?: number; paymentId?: string
  shipment?: { carrier: string; trackingNo: string; shippedAt: number }
  refund?: Refund; timeline: OrderEvent[]; closedReason?: string
  createdAt: number; paidAt?: number; receivedAt?: number; settledAt?: number
}
export type OrderCounts = Record<OrderState, number>
export interface OrderPage extends Page<Order> { counts: OrderCounts }
export interface OrderInput {
  quoteId: string; expectedTotalMinor: number; addressId: string; roomId?: string; postId?: string
  note?: string; provider: 'sandbox'
}
export interface PaidOrder { order: Order; payment: Payment }
export interface ShopSummary {
  toShip: number; refundsAsked: number; lowStock: number; ordersToday: number; salesTodayMinor: number
  ordersYesterday: number; salesYesterdayMinor: number; series: { day: string; orders: number; salesMinor: number }[]
}
export interface ShipResult { orderId: string; ok: boolean; code?: string }
export interface ShopOrderEvent { orderId: string; state: OrderState; number: string; totalMinor: number }

// --- money --------------------------------------------------------------------
export interface Payment {
  id: string; orderId: string; provider: string; state: 'pending' | 'paid' | 'failed' | 'closed' | 'refunded'
  amountMinor: number; currency: string; sandbox: boolean; failCode?: string; createdAt: number; paidAt?: number
}
export interface WalletAccount { kind: string; unit: string; postedMinor: number; heldMinor: number }
export interface LedgerEntry { id: string; at: number; kind: string; ref: string; amountMinor: number; balanceMinor: number }
export interface ShopBalance { settledMinor: number; escrowMinor: number; feesMinor: number; refundedMinor: number }
export interface SandboxFaults {
  delayMs: number; duplicate: boolean; lost: boolean; outOfOrder: boolean; wrongAmount: boolean; failRefund: boolean
}

// --- live ---------------------------------------------------------------------
export type RoomState = 'prepared' | 'live' | 'reconnecting' | 'ended' | 'cancelled'
export interface RoomCard {
  id: string; title: string; coverUrl: string; channel: ChannelCard; state: RoomState; online: number; likes: number
  product?: ProductCard; startedAt?: number; endedAt?: number; hasReplay: boolean
}
export interface ShelfItem { product: ProductCard; position: number; number: number; explaining: boolean; soldInRoom: number }
export interface RoomComment {
  id: string; u: string; name: string; avatar: string; text: string; at: number; badge?: 'host' | 'moderator'
  ask?: boolean; /** folded duplicates */ n?: number; demo?: boolean
}
export interface Room extends RoomCard {
  playback?: { hlsUrl: string; session: string; startedAt: number }
  shelf: ShelfItem[]; pinned?: RoomComment; epoch: number; role?: 'host' | 'moderator'; muted: boolean
  record: boolean; demo: boolean; sandbox: boolean
}
export interface StreamHealth {
  onAir: boolean; protocol: 'rtmp' | 'whip' | 'sample'; since: number; width: number; height: number; fps: number
  kbps: number; keyframeGapMs: number; videoCodec: string; audioCodec: string; warnings: string[]
  lastError?: { code: string; at: number; detail: string }
}
export interface Ingest { rtmpUrl: string; whipUrl: string; hasKey: boolean; keyHint?: string; onAir: boolean; health?: StreamHealth }
export interface RoomConsole {
  online: number; peak: number; entered: number; likes: number; comments: number; follows: number; orders: number
  gmvMinor: number; startedAt?: number; health: StreamHealth; shelf: ShelfItem[]
  series: { at: number; online: number; likes: number; orders: number; gmvMinor: number }[]
}
export interface ModeratedComment extends RoomComment { removed: boolean; muted: boolean }
export interface Replay {
  hlsUrl: string; startedAt: number; endedAt: number; durationMs: number; chunkMs: number; chunks: number
  explained: { productId: string; fromMs: number; toMs: number }[]
}
export interface ReplayChunk { key: Keyframe; ticks: Tick[] }

// --- room ticks ---------------------------------------------------------------
export interface ShelfRow {
  productId: string; number: number; title: string; imageUrl: string; priceMinor: number
  listPriceMinor?: number; left: number; sold: number
}
export type StateEvent =
  | { t: 'explain'; v: number; productId: string | null; at: number }
  | {
    t: 'product'; v: number; productId: string; priceMinor: number; listPriceMinor?: number
    left: number; sold: number; state: ProductState
  }
  | { t: 'shelf'; v: number; items: ShelfRow[] }
  | { t: 'pin'; v: number; comment: RoomComment | null }
  | { t: 'remove'; v: number; commentId: string }
  | { t: 'mute'; v: number; userId: string; until: number }
  | { t: 'room'; v: number; state: RoomState }
export interface Bought { name: string; productId: string; title: string; qty: number }
export interface Tick {
  v: 1; room: string; /** epoch */ e: number; /** dense number */ n: number; /** sealed at */ at: number
  /** period ms */ p: number; /** when n+1 is due */ next: number; /** jitter ms */ j: number
  /** online */ o: number; /** likes total */ lt: number; l?: number; c?: RoomComment[]; k?: number
  s?: StateEvent[]; b?: Bought[]
}
export interface Keyframe {
  v: 1; key: true; room: string; e: number; n: number; at: number; p: number; next: number; j: number
  o: number; lt: number; state: RoomState; explain: string | null; explainAt?: number; shelf: ShelfRow[]
  pin: RoomComment | null; comments: RoomComment[]; versions: Record<string, number>
}
export interface RoomHead { e: number; n: number; at: number; next: number; p: number; j: number; key: number }

// --- moderation ---------------------------------------------------------------
export interface Overview {
  users: number; onlineViewers: number; roomsLive: number; postsToday: number; ordersToday: number
  gmvTodayMinor: number; outboxPending: number; jobsDead: number; storageBytes: number
}
export interface ManagedUser extends UserCard {
  login: string; state: 'active' | 'suspended'; createdAt: number; operator: boolean; suspendedReason?: string
}
export interface LedgerCheck {
  ok: boolean; checkedAt: number; breaks: { rule: string; subject: string; detail: string }[]
  accounts: { owner: string; kind: string; unit: string; postedMinor: number; heldMinor: number }[]
}
export interface LogEntry {
  id: string; at: number; actor: UserCard; act: string; subjectKind: string; subjectId: string; reason: string
}
