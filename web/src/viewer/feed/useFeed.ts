import { computed, ref, watch, type Ref } from 'vue'
import { feed, seen } from '@/api/feed'
import type { FeedItem, FeedTab } from '@/api/types'
import { usePaged } from '@/lib/paged'
import { useSession } from '@/lib/session'
import { hide, isHidden, unhide } from './hidden'

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
  const reported = new Set<string>()
  let unreported: string[] = []

  function report() {
    if (!unreported.length || !session.signedIn) return
    void seen(unreported).catch(() => undefined)
    unreported = []
  }
  watch([active, items], ([at, all]) => {
    if (at >= all.length - ahead) void list.more()
    const item = all[at]
    if (item?.kind !== 'post' || reported.has(item.post.id)) return
    reported.add(item.post.id)
    unreported.push(item.post.id)
    if (unreported.length >= reportEvery) report()
  })
  watch(tab, () => {
    list.reset()
    active.value = 0
    void list.reload()
  }, { immediate: true })

  return {
    items, active, loading: list.loading, loaded: list.loaded, error: list.error, reload: list.reload, report,
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
