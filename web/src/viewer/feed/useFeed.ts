import { computed, ref, watch, type Ref } from 'vue'
import { feed, seen } from '@/api/feed'
import type { FeedItem, FeedTab, Post } from '@/api/types'
import { usePaged } from '@/lib/paged'
import { useSession } from '@/lib/session'
import { hide, isHidden, unhide } from './hidden'
import { keepPlace, placeOf } from './place'

/** The next page is asked for this many slides before the end. */
const ahead = 4
/** Seen posts are reported in groups. */
const reportEvery = 5

export const itemKey = (item: FeedItem) => (item.kind === 'post' ? item.post.id : item.room.id)

export function useFeed(tab: Ref<FeedTab>) {
  const session = useSession()
  const list = usePaged<FeedItem>(async (cursor) => {
    // Nobody follows anybody before signing in; the screen offers that instead of an error.
    if (tab.value === 'following') {
      await session.load()
      if (!session.signedIn) return { items: [] }
    }
    return feed(tab.value, cursor)
  })
  const active = ref(0)
  const gone = ref<string[]>([])
  const items = computed(() => list.items.value.filter((i) => i.kind !== 'post' || (!gone.value.includes(i.post.id) && !isHidden(i.post.id))))
  /** Everything there is stands on screen: the slide behind the last one says so. */
  const ended = computed(() => list.loaded.value && !list.next.value && items.value.length > 0)
  const reported = new Set<string>()
  let unreported: string[] = []

  function report() {
    if (!unreported.length || !session.signedIn) return
    void seen(unreported).catch(() => undefined)
    unreported = []
  }
  watch([active, items], ([at, all]) => {
    if (at >= all.length - ahead && !list.error.value) void list.more()
    const item = all[at]
    if (item?.kind !== 'post' || reported.has(item.post.id)) return
    reported.add(item.post.id)
    unreported.push(item.post.id)
    if (unreported.length >= reportEvery) report()
  })
  const keep = (of: FeedTab) => {
    if (list.loaded.value) keepPlace({ who: session.me?.user.id, tab: of, items: list.items.value, next: list.next.value, active: active.value, keptAt: Date.now() })
  }
  function begin() {
    const kept = placeOf(tab.value, session.me?.user.id)
    list.reset()
    active.value = 0
    if (!kept) return list.reload()
    list.items.value = kept.items
    list.next.value = kept.next
    list.loaded.value = true
    active.value = Math.min(kept.active, Math.max(0, items.value.length - 1))
    return Promise.resolve()
  }
  watch(tab, (_now, before) => {
    if (before) keep(before)
    void begin()
  }, { immediate: true })

  return {
    items, active, ended, loading: list.loading, loaded: list.loaded, error: list.error, report,
    more: list.more,
    /** Leaves the screen: what was seen is told, and the place stays. */
    leave() {
      report()
      keep(tab.value)
    },
    /** From the top with what is new. */
    async refresh() {
      await list.reload()
      if (!list.error.value) active.value = 0
    },
    /** A like, save or follow given on a slide stays when the slide is taken down and put up again. */
    patch(post: Post) {
      list.replace((i) => i.kind === 'post' && (i.post.id === post.id || (i.post.channel.id === post.channel.id && i.post.channel.followed !== post.channel.followed)), (i) => {
        if (i.kind !== 'post') return i
        return { ...i, post: i.post.id === post.id ? post : { ...i.post, channel: { ...i.post.channel, followed: post.channel.followed } } }
      })
    },
    dismiss(postId: string) {
      hide(postId)
      gone.value = [...gone.value, postId]
    },
    restore(postId: string) {
      unhide(postId)
      gone.value = gone.value.filter((id) => id !== postId)
    },
  }
}
