import { shallowRef, watch, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import * as api from '@/api/channel'
import type { Post } from '@/api/types'
import { toast } from '@/ui/toast/toast'
import { useMemberAct } from '../shell/account'
import { useShare } from '../shell/share'

/** Acts on one post. Hearts answer at once and are taken back when the server refuses. */
export function usePostActs(initial: () => Post, changed: (post: Post) => void = () => undefined): {
  post: ShallowRef<Post>
  like(on?: boolean): Promise<void>
  save(): Promise<void>
  follow(): Promise<void>
  share(): void
  counted(comments: number): void
} {
  const { t } = useI18n()
  const act = useMemberAct()
  const sheet = useShare()
  const post = shallowRef(initial())
  const set = (change: Partial<Post>) => {
    post.value = { ...post.value, ...change }
    changed(post.value)
  }
  watch(initial, (now) => { post.value = now })

  async function like(on = !post.value.liked) {
    if (on === post.value.liked) return
    const before = { liked: post.value.liked, likes: post.value.likes }
    set({ liked: on, likes: before.likes + (on ? 1 : -1) })
    const got = await act(() => (on ? api.likePost(post.value.id) : api.unlikePost(post.value.id)))
    set(got ?? before)
  }
  async function save() {
    const on = !post.value.saved
    const before = { saved: post.value.saved, saves: post.value.saves }
    set({ saved: on, saves: before.saves + (on ? 1 : -1) })
    const got = await act(() => (on ? api.savePost(post.value.id) : api.unsavePost(post.value.id)))
    set(got ?? before)
    if (got?.saved) toast(t('viewer.post.saved'), 'good')
  }
  async function follow() {
    const got = await act(() => api.follow(post.value.channel.id))
    if (!got) return
    set({ channel: { ...post.value.channel, followed: got.followed } })
    toast(t('viewer.followedToast'), 'good')
  }
  function share() {
    sheet.open({
      title: post.value.text || post.value.channel.name,
      path: `/p/${post.value.id}`,
      cover: post.value.coverUrl || undefined,
      by: post.value.channel.name,
      priceMinor: post.value.product?.priceMinor,
      // The count is a courtesy; the link is already out.
      onShared: () => void api.sharePost(post.value.id).then(set).catch(() => undefined),
    })
  }
  return { post, like, save, follow, share, counted: (comments) => { if (comments !== post.value.comments) set({ comments }) } }
}
