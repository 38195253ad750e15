import { computed, effectScope, ref, shallowRef, watch } from 'vue'
import * as live from '@/api/live'
import type { Room, RoomConsole, ShelfItem } from '@/api/types'
import { useErrorText } from '@/lib/problem'
import type { RoomView } from '@/live/roomReducer'
import { useRoomTimeline } from '@/live/useRoomTimeline'
import { useLoad } from '../part/useLoad'
import { useToast } from '../part/useToast'

/** Figures change in place at most once in this time; ticks bring the fast ones (online, likes, explain). */
const FIGURES_MS = 2500

/** One room as its host plays it: state, figures, shelf, and the acts start, explain, end. */
export function useRoom(id: string) {
  const toast = useToast()
  const errorText = useErrorText()
  const room = useLoad<Room>(() => live.room(id))
  const figures = useLoad<RoomConsole>(() => live.roomConsole(id), { everyMs: FIGURES_MS })
  const view = shallowRef<RoomView>()
  const busy = ref(false)
  /** What the host just asked for, shown before the tick confirms it. */
  const wanted = shallowRef<{ productId: string | null; at: number }>()

  const state = computed(() => view.value?.state ?? room.data.value?.state)
  const onAir = computed(() => state.value === 'live' || state.value === 'reconnecting')
  const explaining = computed(() => wanted.value?.productId ?? (wanted.value ? null : (view.value?.explain ?? figures.data.value?.shelf.find((s) => s.explaining)?.product.id ?? null)))
  const explainAt = computed(() => wanted.value?.at ?? view.value?.explainAt)
  const shelf = computed<ShelfItem[]>(() => {
    const rows = figures.data.value?.shelf ?? room.data.value?.shelf ?? []
    const fresh = new Map((view.value?.shelf ?? []).map((r) => [r.productId, r]))
    return rows.map((r) => {
      const f = fresh.get(r.product.id)
      return f ? { ...r, product: { ...r.product, priceMinor: f.priceMinor, listPriceMinor: f.listPriceMinor, left: f.left } } : r
    })
  })
  watch(() => view.value?.explain, (now) => {
    if (wanted.value && now === wanted.value.productId) wanted.value = undefined
  })
  // Ticks exist only while the room is on air; before that the server has nothing to follow and says so.
  const ticking = effectScope()
  let following = false
  watch(() => room.data.value?.state, (now) => {
    if (following || (now !== 'live' && now !== 'reconnecting')) return
    following = true
    ticking.run(() => {
      const timeline = useRoomTimeline(id)
      watch(timeline.view, (v) => (view.value = v))
    })
  }, { immediate: true })
  // Another window may start a prepared room; the figures tell before any tick can.
  watch(() => figures.data.value?.startedAt, (at) => at && room.data.value?.state === 'prepared' && void room.reload())
  // A finished stream changes the room on the server; read it again when ticks say so.
  watch(() => view.value?.state, (now, before) => now && before && now !== before && void room.reload())

  async function explain(productId: string | null) {
    wanted.value = { productId, at: Date.now() }
    try {
      await live.explain(id, productId)
      await figures.reload()
    } catch (e) {
      toast.failed(errorText(e))
    }
    wanted.value = undefined
  }

  async function turn(act: () => Promise<Room>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    try {
      room.data.value = await act()
      await Promise.all([room.reload(), figures.reload()])
      return true
    } catch (e) {
      toast.failed(errorText(e))
      return false
    } finally {
      busy.value = false
    }
  }

  return {
    room,
    figures,
    view,
    state,
    onAir,
    explaining,
    explainAt,
    shelf,
    busy,
    explain,
    start: () => turn(() => live.startRoom(id)),
    end: () => turn(() => live.endRoom(id)),
    async setShelf(productIds: string[]) {
      try {
        await live.setShelf(id, productIds)
        await figures.reload()
      } catch (e) {
        toast.failed(errorText(e))
      }
    },
  }
}
