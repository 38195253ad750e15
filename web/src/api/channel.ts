import { del, get, patch, post, put } from './client'
import type { Channel, ChannelCard, ChannelSummary, Page, Post, PostComment } from './types'

export interface ChannelInput { name: string; handle: string; bio?: string; avatarAssetId?: string }
export const createChannel = (input: ChannelInput) => post<Channel>('/channel/channels', input)
export const myChannels = () => get<Page<Channel>>('/channel/mine')
export const channel = (idOrHandle: string) => get<Channel>(`/channel/channels/${encodeURIComponent(idOrHandle)}`)
export const updateChannel = (
  id: string, change: { name?: string; bio?: string; avatarAssetId?: string; coverAssetId?: string },
) => patch<Channel>(`/channel/channels/${id}`, change)
export const summary = (id: string) => get<ChannelSummary>(`/channel/channels/${id}/summary`)

type FollowState = { followed: boolean; followers: number }
export const follow = (id: string) => put<FollowState>(`/channel/channels/${id}/follow`)
export const unfollow = (id: string) => del<FollowState>(`/channel/channels/${id}/follow`)
export const following = () => get<Page<ChannelCard>>('/channel/following')

export interface PostInput {
  kind: 'video' | 'pictures'; text: string; assetIds: string[]; coverAssetId?: string; productId?: string; tags: string[]
}
export const channelPosts = (id: string, cursor?: string) =>
  get<Page<Post> & { pinned: Post[] }>(`/channel/channels/${id}/posts`, { cursor })
export const publish = (channelId: string, input: PostInput, key: string) =>
  post<Post>(`/channel/channels/${channelId}/posts`, input, { key })
export const readPost = (id: string) => get<Post>(`/channel/posts/${id}`)
export const updatePost = (id: string, change: { text?: string; tags?: string[]; productId?: string | null }) =>
  patch<Post>(`/channel/posts/${id}`, change)
export const deletePost = (id: string) => del<void>(`/channel/posts/${id}`)
export const pinPost = (id: string) => put<Post>(`/channel/posts/${id}/pin`)
export const unpinPost = (id: string) => del<Post>(`/channel/posts/${id}/pin`)

/** Puts a video's captions in one language, a WebVTT file of at most 64 KB. */
export const setCaptions = (id: string, lang: 'zh-CN' | 'en', vtt: string) =>
  put<Post>(`/channel/posts/${id}/captions/${lang}`, { vtt })
export const removeCaptions = (id: string, lang: 'zh-CN' | 'en') => del<void>(`/channel/posts/${id}/captions/${lang}`)

type LikeState = { liked: boolean; likes: number }
type SaveState = { saved: boolean; saves: number }
export const likePost = (id: string) => put<LikeState>(`/channel/posts/${id}/like`)
export const unlikePost = (id: string) => del<LikeState>(`/channel/posts/${id}/like`)
export const savePost = (id: string) => put<SaveState>(`/channel/posts/${id}/save`)
export const unsavePost = (id: string) => del<SaveState>(`/channel/posts/${id}/save`)
export const sharePost = (id: string) => post<{ shares: number }>(`/channel/posts/${id}/share`)

export const comments = (postId: string, cursor?: string) =>
  get<Page<PostComment> & { total: number }>(`/channel/posts/${postId}/comments`, { cursor })
export const addComment = (postId: string, text: string, replyTo?: string) =>
  post<PostComment>(`/channel/posts/${postId}/comments`, { text, replyTo })
export const deleteComment = (id: string) => del<void>(`/channel/comments/${id}`)
export const likeComment = (id: string) => put<LikeState>(`/channel/comments/${id}/like`)
export const unlikeComment = (id: string) => del<LikeState>(`/channel/comments/${id}/like`)

export const tagPosts = (tag: string, cursor?: string) =>
  get<Page<Post>>(`/channel/tags/${encodeURIComponent(tag)}/posts`, { cursor })
export const likedPosts = (cursor?: string) => get<Page<Post>>('/channel/liked', { cursor })
export const savedPosts = (cursor?: string) => get<Page<Post>>('/channel/saved', { cursor })
