import { onScopeDispose, ref, watch } from 'vue'
import * as api from '@/api/channel'
import type { Page, Post, PostComment } from '@/api/types'
import { usePaged } from '@/lib/paged'
import { useSession } from '@/lib/session'
import { useMine } from '../channel/mine'
import { useMemberAct } from '../shell/account'

/** The comments of one post: read, said, answered, liked, taken away. */
export function useComments(post: () => Post, counted: (total: number) => void) {
  const session = useSession()
  const mine = useMine()
  const act = useMemberAct()
  const list = usePaged<PostComment, Page<PostComment> & { total: number }>((cursor) => api.comments(post().id, cursor))
  const total = ref(post().comments)
  const text = ref('')
  const busy = ref(false)
  const replyTo = ref<PostComment>()

  function setTotal(n: number) {
    total.value = n
    counted(n)
  }
  watch(list.first, (page) => { if (page) setTotal(page.total) })
  watch(() => post().id, () => {
    list.reset()
    total.value = post().comments
    replyTo.value = undefined
    void list.reload()
  })
  onScopeDispose(list.reset)

  /** Resolves true once the words stand in the list. */
  async function send(): Promise<boolean> {
    const line = text.value.trim()
    if (!line || busy.value) return false
    busy.value = true
    const made = await act(() => api.addComment(post().id, line, replyTo.value?.id))
    busy.value = false
    if (!made) return false
    list.items.value = [made, ...list.items.value]
    setTotal(total.value + 1)
    if (text.value.trim() === line) text.value = ''
    replyTo.value = undefined
    return true
  }
  async function like(c: PostComment) {
    const got = await act(() => (c.liked ? api.unlikeComment(c.id) : api.likeComment(c.id)))
    if (got) list.replace((x) => x.id === c.id, (x) => ({ ...x, ...got }))
  }
  async function remove(c: PostComment) {
    const done = await act(async () => {
      await api.deleteComment(c.id)
      return true
    })
    if (!done) return
    list.remove((x) => x.id === c.id)
    setTotal(Math.max(0, total.value - 1))
  }
  const answer = (c?: PostComment) => { replyTo.value = c }
  const write = (line: string) => { text.value = line }
  const mayDelete = (c: PostComment) => session.me?.user.id === c.user.id || mine.has(post().channel.id)
  const nameOf = (id: string) => list.items.value.find((c) => c.id === id)?.user.name
  return { ...list, total, text, busy, replyTo, answer, write, send, like, remove, mayDelete, nameOf }
}
