import { computed, ref, watch } from 'vue'
import { summary } from '@/api/channel'
import { channelRooms } from '@/api/live'
import { managedProducts } from '@/api/shop'
import type { Channel, Shop } from '@/api/types'
import { useLoad } from '../part/useLoad'
import { firstSteps, type Facts } from './firstSteps'

/** A room counts as a live once it was on air. */
const aired = new Set(['live', 'reconnecting', 'ended'])

/** Who works for a shop alone may not want the rest; what was put away stays away on this machine. */
const awayKey = 'hawker.console.first-steps'
function wasPutAway(): boolean {
  try {
    return localStorage.getItem(awayKey) === 'away'
  } catch {
    return false
  }
}

/** The first steps of this person, read from what their channel and shop have by now. */
export function useFirstSteps(scope: { channel: () => Channel | undefined; shop: () => Shop | undefined }) {
  const read = async (): Promise<Facts> => {
    const channel = scope.channel()
    const shop = scope.shop()
    const [stats, rooms, products] = await Promise.all([
      channel && summary(channel.id), channel && channelRooms(channel.id), shop && managedProducts(shop.id, { limit: 1 }),
    ])
    return { posts: stats?.posts, lives: rooms?.items.filter((r) => aired.has(r.state)).length, onSale: products?.counts.on }
  }
  const away = ref(wasPutAway())
  const { data, error, reload } = useLoad(read, { wait: true })
  watch([() => scope.channel()?.id, () => scope.shop()?.id], () => {
    data.value = undefined
    if (!away.value) void reload()
  }, { immediate: true })

  const steps = computed(() => firstSteps({ ...data.value, channel: scope.channel()?.name, shop: scope.shop()?.name }))
  const bare = computed(() => !scope.channel() && !scope.shop())
  return {
    steps,
    error,
    reload,
    /** Nothing stands yet: the steps are the whole page. */
    bare,
    /** Shown until all five stand; never before it is known, so that nobody sees it flash. */
    shown: computed(() => bare.value || (!away.value && (!scope.channel() || !scope.shop() || data.value !== undefined) && steps.value.some((s) => !s.done))),
    putAway() {
      away.value = true
      try {
        localStorage.setItem(awayKey, 'away')
      } catch {
        return // it is away for this visit
      }
    },
  }
}
