import { apiUrl, del, get, patch, post, put } from './client'
import type { DeskNotice, LiveNotice, LiveReminder, NoticeCurve, Page } from './types'

// Announced lives as anyone sees them.
export const channelNotices = (channelId: string) => get<{ items: LiveNotice[] }>(`/live/channels/${channelId}/notices`)
export const notice = (id: string) => get<LiveNotice>(`/live/notices/${id}`)
export const reserve = (id: string) => put<LiveNotice>(`/live/notices/${id}/reservation`)
export const unreserve = (id: string) => del<LiveNotice>(`/live/notices/${id}/reservation`)
export const reservations = () => get<{ coming: LiveNotice[]; past: LiveNotice[] }>('/live/reservations')

// What a person who reserved is told.
export const reminders = () => get<{ items: LiveReminder[] }>('/live/reminders')
export const readReminder = (noticeId: string, kind: LiveReminder['kind']) => post<void>('/live/reminders/read', { noticeId, kind })
/** Says `reminder` whenever the list has something new. */
export const reminderEvents = () => new EventSource(apiUrl('/live/reminders/events'))

// The team's side.
export interface NoticeInput { title: string; coverAssetId?: string; startsAt: number; productIds: string[] }
export const deskNotices = (channelId: string, state: 'coming' | 'past', cursor?: string) =>
  get<Page<DeskNotice>>(`/live/channels/${channelId}/notices/desk`, { state, cursor })
export const postNotice = (channelId: string, input: NoticeInput, key: string) =>
  post<DeskNotice>(`/live/channels/${channelId}/notices`, input, { key })
export const editNotice = (id: string, change: Partial<NoticeInput>) => patch<DeskNotice>(`/live/notices/${id}`, change)
export const cancelNotice = (id: string, reason: string) => post<DeskNotice>(`/live/notices/${id}/cancel`, { reason })
/** Reservations over time; days begin at this reader's midnight. */
export const noticeCurve = (id: string) => get<NoticeCurve>(`/live/notices/${id}/desk`, { offset: -new Date().getTimezoneOffset() })
/** Says which planned notice a room fulfils, none with an empty id. */
export const linkNotice = (roomId: string, noticeId: string) => put<void>(`/live/rooms/${roomId}/notice`, { noticeId })
