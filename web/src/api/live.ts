import { apiUrl, del, get, patch, post, put } from './client'
import type {
  Ingest, Keyframe, ModeratedComment, Page, Replay, ReplayChunk, Room, RoomCard, RoomComment, RoomConsole, RoomHead,
  RoomReview, ShelfItem, Tick,
} from './types'

export const rooms = (state: 'live' | 'ended', cursor?: string) => get<Page<RoomCard>>('/live/rooms', { state, cursor })
export const room = (id: string) => get<Room>(`/live/rooms/${id}`)
export const currentRoom = (channelId: string) => get<{ room?: RoomCard }>(`/live/channels/${channelId}/current`)
export const channelRooms = (channelId: string, cursor?: string) =>
  get<Page<RoomCard>>(`/live/channels/${channelId}/rooms`, { cursor })

// Running a room.
export interface RoomInput { title: string; coverAssetId?: string; productIds: string[]; record: boolean }
export const createRoom = (channelId: string, input: RoomInput) => post<Room>(`/live/channels/${channelId}/rooms`, input)
export const updateRoom = (id: string, change: { title?: string; coverAssetId?: string }) =>
  patch<Room>(`/live/rooms/${id}`, change)
export const startRoom = (id: string) => post<Room>(`/live/rooms/${id}/start`)
export const endRoom = (id: string) => post<Room>(`/live/rooms/${id}/end`)
export const cancelRoom = (id: string) => post<Room>(`/live/rooms/${id}/cancel`)
export const ingest = (channelId: string) => get<Ingest>(`/live/channels/${channelId}/ingest`)
/** The key is shown once; afterwards only its hint can be read. */
export const newIngestKey = (channelId: string) =>
  post<{ key: string; rtmpUrl: string; whipUrl: string }>(`/live/channels/${channelId}/ingest/key`)
export const dropIngestKey = (channelId: string) => del<void>(`/live/channels/${channelId}/ingest/key`)
export const publishToken = (channelId: string) =>
  post<{ token: string; expiresAt: number }>(`/live/channels/${channelId}/ingest/token`)
export const setSample = (channelId: string, on: boolean) => post<{ on: boolean }>(`/live/channels/${channelId}/sample`, { on })
export const setShelf = (id: string, productIds: string[]) => put<{ items: ShelfItem[] }>(`/live/rooms/${id}/shelf`, { productIds })
export const explain = (id: string, productId: string | null) =>
  post<{ explaining?: string }>(`/live/rooms/${id}/explain`, { productId })
export const roomConsole = (id: string) => get<RoomConsole>(`/live/rooms/${id}/console`)
/** A session in figures, for its team; while it is on air too. */
export const roomReview = (id: string) => get<RoomReview>(`/live/rooms/${id}/review`)
export const moderatedComments = (id: string, after?: string) =>
  get<Page<ModeratedComment>>(`/live/rooms/${id}/comments`, { after })

// Talking in a room.
export const say = (id: string, text: string) => post<RoomComment>(`/live/rooms/${id}/comments`, { text })
export const removeComment = (id: string, commentId: string) => del<void>(`/live/rooms/${id}/comments/${commentId}`)
export const pinComment = (id: string, what: { commentId?: string; text?: string }) => put<void>(`/live/rooms/${id}/pin`, what)
export const unpinComment = (id: string) => del<void>(`/live/rooms/${id}/pin`)
/** Cheers are summed by the client; one call carries 1 to 50. */
export const cheer = (id: string, count: number) => post<{ accepted: number }>(`/live/rooms/${id}/likes`, { count })
/** `minutes` 0 lasts the whole session. */
export const mute = (id: string, userId: string, minutes: number) => post<void>(`/live/rooms/${id}/mutes`, { userId, minutes })
export const unmute = (id: string, userId: string) => del<void>(`/live/rooms/${id}/mutes/${userId}`)

// The room's timeline.
export const head = (id: string, signal?: AbortSignal) => get<RoomHead>(`/live/rooms/${id}/head`, undefined, { signal })
export const tick = (id: string, e: number, n: number, signal?: AbortSignal) =>
  get<Tick>(`/live/rooms/${id}/ticks/${e}-${n}`, undefined, { signal })
/** At most 64 ticks: `to - from < 64`. */
export const ticks = (id: string, e: number, from: number, to: number, signal?: AbortSignal) =>
  get<{ ticks: Tick[] }>(`/live/rooms/${id}/ticks/${e}-${from}-${to}`, undefined, { signal })
export const keyframe = (id: string, e: number, n: number, signal?: AbortSignal) =>
  get<Keyframe>(`/live/rooms/${id}/keys/${e}-${n}`, undefined, { signal })
/** How a viewer came in: links inside the app carry `?from=`, anything else is direct. */
export type RoomSource = RoomReview['sources'][number]['from']
const sources: readonly RoomSource[] = ['feed', 'square', 'channel', 'share']
export function cameFrom(search: string): RoomSource {
  const from = new URLSearchParams(search).get('from')
  return sources.find((s) => s === from) ?? 'direct'
}
/** The console reads along without being counted as audience. */
const atDesk = () => location.pathname.startsWith('/console')
// The server knows a viewer by the name it joined with; one browser follows a room once at a time.
const joined = new Map<string, string>()
export function beacon(id: string, viewer: string): Promise<void> {
  if (atDesk()) return Promise.resolve()
  joined.set(id, viewer)
  return post<void>(`/live/rooms/${id}/beacon`, { viewer, from: cameFrom(location.search) }, { keepalive: true })
}
/** Counts that this viewer looked into a product of the room; a figure for the host, so a failure is nobody's concern. */
export async function productOpened(id: string, productId: string): Promise<void> {
  const viewer = joined.get(id)
  if (viewer) await post<void>(`/live/rooms/${id}/opened`, { viewer, productId }, { keepalive: true }).catch(() => undefined)
}
export function socketUrl(id: string, viewer: string): string {
  joined.clear() // a screen follows one room; older names would only pile up
  joined.set(id, viewer)
  const url = new URL(apiUrl(`/live/rooms/${id}/ws`, { viewer, from: atDesk() ? 'console' : cameFrom(location.search) }), location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}
export const replay = (id: string) => get<Replay>(`/live/rooms/${id}/replay`)
export const replayChunk = (id: string, k: number, signal?: AbortSignal) =>
  get<ReplayChunk>(`/live/rooms/${id}/replay/${k}`, undefined, { signal })
