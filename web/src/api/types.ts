// The wire's shapes under the names the screens use. What the server's OpenAPI document
// describes comes from schema.d.ts (npm run gen); ticks and streams, which it does not
// describe, and plain unions are written here. Times are unix milliseconds, money is fen.
import type { components } from './schema'

type Schemas = components['schemas']

export interface Page<T> { items: T[]; next?: string }

// --- server, identity ---------------------------------------------------------
export type DemoRole = 'viewer' | 'host' | 'merchant' | 'operator'
export type ServerInfo = Omit<Schemas['Info'], 'demoRoles'> & { demoRoles?: DemoRole[] }
export type DemoWorld = Schemas['DemoWorld']
export type UserCard = Schemas['UserCard']
export type Me = Schemas['Me']
export type Session = Schemas['Session']
export type TeamRole = 'owner' | 'moderator' | 'staff'
export type TeamMember = Schemas['TeamMember']

// --- media --------------------------------------------------------------------
export type Video = Schemas['Video']
export type Asset = Schemas['Asset']

// --- channel ------------------------------------------------------------------
export type ChannelCard = Schemas['ChannelCard']
export type Channel = Schemas['Channel']
export type Post = Schemas['Post']
export type PostComment = Schemas['PostComment']
export type ChannelSummary = Schemas['ChannelSummary']

// --- feed ---------------------------------------------------------------------
export type FeedTab = 'recommended' | 'following' | 'live'
export type FeedItem =
  | { kind: 'post'; post: Post; reason: string }
  | { kind: 'room'; room: RoomCard; reason: string }

// --- shop ---------------------------------------------------------------------
export type ProductState = 'draft' | 'on' | 'off'
export type ProductCard = Schemas['ProductCard']
export type Spec = Schemas['Spec']
export type Sku = Schemas['Sku']
export type ProductOption = Schemas['ProductOption']
export type ShopCard = Schemas['ShopCard']
export type Shop = Schemas['Shop']
export type Product = Schemas['Product']
export type ManagedProduct = Schemas['ManagedProduct']
export type ProductCounts = Schemas['ProductCounts']
export type ProductInput = Schemas['ProductInput']
export type Address = Schemas['Address']
export type OrderLine = Schemas['OrderLine']
export type Quote = Schemas['Quote']
export type OrderState = 'unpaid' | 'paid' | 'shipped' | 'received' | 'closed' | 'refunded'
/** Where a buyer came from. */
export type OrderSource = 'live' | 'post' | 'shop'
/** The queues of a merchant's refund desk. */
export type RefundQueue = 'asked' | 'refunding' | 'refused' | 'done'
export type RefundCounts = Schemas['RefundCounts']
export type Refund = Schemas['OrderRefund']
export type OrderEvent = Schemas['OrderEvent']
export type Order = Schemas['Order']
export type OrderCounts = Record<OrderState, number>
export interface OrderPage extends Page<Order> { counts: OrderCounts }
export type OrderInput = Schemas['OrderPlaceRequest']
export type PaidOrder = Schemas['PlacedOrder']
export type ShopSummary = Schemas['ShopSummary']
export type ShipRun = Schemas['ShipRun']
export type ShipRunLine = Schemas['ShipRunLine']
export interface ShopOrderEvent { orderId: string; state: OrderState; number: string; totalMinor: number }

// --- money --------------------------------------------------------------------
export type Payment = Schemas['Payment']
export type WalletAccount = Schemas['LedgerAccount']
export type LedgerEntry = Schemas['LedgerEntry']
export type ShopBalance = Schemas['ShopBalance']
export type SandboxFaults = Schemas['SandboxFaults']

// --- live ---------------------------------------------------------------------
export type RoomState = 'prepared' | 'live' | 'reconnecting' | 'ended' | 'cancelled'
export type RoomCard = Schemas['RoomCard']
export type ShelfItem = Schemas['ShelfItem']
export type RoomComment = Schemas['RoomComment']
export type Room = Schemas['Room']
export type StreamHealth = Schemas['StreamHealth']
export type Ingest = Schemas['Ingest']
export type RoomConsole = Schemas['RoomConsole']
export type RoomReview = Schemas['RoomReview']
export type LiveNotice = Schemas['LiveNotice']
export type DeskNotice = Schemas['DeskNotice']
export type NoticeCurve = Schemas['NoticeCurve']
export type LiveReminder = Schemas['LiveReminder']
export type ModeratedComment = Schemas['ModeratedComment']
export type Replay = Schemas['ReplayGetAnswer']
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
export type Overview = Schemas['Overview']
export type ManagedUser = Schemas['ModUser']
export type LedgerCheck = Schemas['LedgerReport']
export type LogEntry = Schemas['AuditEntry']
export type StuckWork = Schemas['StuckWork']
export type StuckKind = StuckWork['kind']
export type StuckPage = Schemas['StuckPage']
export type RetryReport = Schemas['RetryReport']
