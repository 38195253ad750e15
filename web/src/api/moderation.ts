import { get, post } from './client'
import type {
  LedgerCheck, LogEntry, ManagedUser, Order, OrderState, Overview, Page, Post, PostComment, RetryReport, RoomCard, RoomState, StuckKind, StuckPage,
} from './types'

export const overview = () => get<Overview>('/moderation/overview')
export const users = (query?: string, cursor?: string) => get<Page<ManagedUser>>('/moderation/users', { query, cursor })
export const suspendUser = (id: string, reason: string) => post<void>(`/moderation/users/${id}/suspend`, { reason })
export const restoreUser = (id: string, reason: string) => post<void>(`/moderation/users/${id}/restore`, { reason })
export const rooms = (state?: RoomState, cursor?: string) => get<Page<RoomCard>>('/moderation/rooms', { state, cursor })
export const stopRoom = (id: string, reason: string) => post<void>(`/moderation/rooms/${id}/stop`, { reason })
export const posts = (q: { query?: string; state?: 'live' | 'hidden'; cursor?: string } = {}) =>
  get<Page<Post>>('/moderation/posts', q)
export const hidePost = (id: string, reason: string) => post<void>(`/moderation/posts/${id}/hide`, { reason })
export const restorePost = (id: string, reason: string) => post<void>(`/moderation/posts/${id}/restore`, { reason })
export const comments = (query?: string, cursor?: string) => get<Page<PostComment>>('/moderation/comments', { query, cursor })
export const hideComment = (id: string, reason: string) => post<void>(`/moderation/comments/${id}/hide`, { reason })
export const restoreComment = (id: string, reason: string) => post<void>(`/moderation/comments/${id}/restore`, { reason })
export const orders = (q: { query?: string; state?: OrderState; cursor?: string } = {}) =>
  get<Page<Order>>('/moderation/orders', q)
export const ledger = () => get<LedgerCheck>('/moderation/ledger')
export const log = (cursor?: string) => get<Page<LogEntry>>('/moderation/log', { cursor })
export const stuck = (kind: StuckKind, cursor?: string) => get<StuckPage>('/moderation/stuck', { kind, cursor })
export const retryStuck = (kind: StuckKind, id: string, reason: string) => post<void>(`/moderation/stuck/${kind}/${encodeURIComponent(id)}/retry`, { reason })
export const retryAllStuck = (kind: StuckKind, reason: string) => post<RetryReport>(`/moderation/stuck/${kind}/retry`, { reason })
