import { get, post } from './client'
import type { FeedItem, FeedTab, Page } from './types'

export const feed = (tab: FeedTab, cursor?: string, signal?: AbortSignal) =>
  get<Page<FeedItem>>('/feed', { tab, cursor }, { signal })
/** Reports posts that were on screen, so that they do not come again. */
export const seen = (postIds: string[]) => post<void>('/feed/seen', { postIds }, { keepalive: true })
