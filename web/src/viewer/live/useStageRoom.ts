import { useOnline } from '@vueuse/core'
import { computed, onScopeDispose, ref, shallowRef, toRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import * as channel from '@/api/channel'
import * as live from '@/api/live'
import { ApiError, isApiError } from '@/api/client'
import type { Replay, Room, RoomState } from '@/api/types'
import { serverNow } from '@/lib/clock'
import { useSession } from '@/lib/session'
import { toast } from '@/ui/toast/toast'
import { useBuy } from '../buy/buy'
import { useMemberAct } from '../shell/account'
import { useShare } from '../shell/share'
import { openReplay } from './replayTimeline'
import { provideRoom, type RoomContext } from './room'
import { fromKeyframe, isMuted, type RoomView } from '@/live/roomReducer'
import { useStage, type StageSource } from './stage'
import { useNeighbours } from './useNeighbours'
import { useCheers } from './useCheers'
import { useRoomTimeline, type Link } from '@/live/useRoomTimeline'

/** Between reads of the room while its picture is missing. */
const recheckMs = 4000
/** A recording is packed within seconds; after this many reads the face stops waiting for it. */
const replayAsks = 8

const isOver = (s: RoomState) => s === 'ended' || s === 'cancelled'

/** What a room shows when nothing flows any more: its goods can still be bought. */
const restingView = (r: Room): RoomView => fromKeyframe({
  v: 1, key: true, room: r.id, e: r.epoch, n: 0, at: r.endedAt ?? 0, p: 0, next: 0, j: 0, o: 0, lt: r.likes, state: r.state,
  explain: null, pin: null, comments: [], versions: {},
  shelf: r.shelf.map(({ number, product: p }) => ({
    productId: p.id, number, title: p.title, imageUrl: p.imageUrl, priceMinor: p.priceMinor, listPriceMinor: p.listPriceMinor, left: p.left, sold: p.sold,
  })),
})

/** Everything a room screen does, live or replayed; gives the context to its parts. */
export function useStageRoom(source: StageSource) {
  const { t } = useI18n()
  const router = useRouter()
  const session = useSession()
  const stage = useStage()
  const buySheet = useBuy()
  const shareSheet = useShare()
  const act = useMemberAct()

  const room = shallowRef<Room>()
  const replay = shallowRef<Replay>()
  const error = shallowRef<unknown>()
  const shelfOpen = ref(false)
  const menuOpen = ref(false)
  const isLive = source.kind === 'live'

  const line = isLive ? useRoomTimeline(source.id, true) : undefined
  const replayed = shallowRef<RoomView>()
  const view = line?.view ?? replayed
  const link = line?.link ?? ref<Link>('http')
  const cheers = useCheers(source.id)
  const online = useOnline()
  const lost = computed(() => !online.value || (isLive && link.value === 'lost'))
  let replayLine: ReturnType<typeof openReplay> | undefined

  async function load() {
    error.value = undefined
    try {
      const [r, rep] = await Promise.all([live.room(source.id), isLive ? undefined : live.replay(source.id)])
      room.value = r
      replay.value = rep
      if (!isOver(r.state)) line?.start()
      else if (isLive) view.value ??= restingView(r)
      if (rep) {
        replayLine = openReplay({
          chunkMs: rep.chunkMs, chunks: rep.chunks, startedAt: rep.startedAt,
          read: (k) => live.replayChunk(source.id, k), onView: (v) => { replayed.value = v },
        })
        void replayLine.seek(rep.startedAt).catch(() => undefined)
      }
    } catch (err) {
      error.value = err
    }
  }

  const state = computed(() => (isLive ? view.value?.state ?? room.value?.state : 'live'))
  const url = computed(() => (isLive ? room.value?.playback?.hlsUrl : replay.value?.hlsUrl))
  // A reconnected host plays from a new session: the room is read again for its address.
  watch(state, (now, before) => { if (before && now !== before) void refresh() })
  // Made small, a room that ends takes its window along and says so.
  watch(state, (now, before) => {
    if (!before || before === now || !now || !isOver(now) || !stage.mini) return
    toast(t('viewer.room.smallEnded', { name: room.value?.channel.name ?? '' }))
    stage.close()
  })
  let timer = 0
  let asked = 0
  async function refresh() {
    window.clearTimeout(timer)
    try {
      room.value = await live.room(source.id)
    } catch (err) {
      if (isApiError(err) && err.status === 404) error.value = err
    }
    const waitsForPicture = state.value === 'reconnecting' || (state.value === 'live' && !room.value?.playback)
    const waitsForReplay = state.value === 'ended' && room.value?.record && !room.value.hasReplay && asked++ < replayAsks
    if (isLive && (waitsForPicture || waitsForReplay)) {
      timer = window.setTimeout(() => void refresh(), recheckMs)
    }
  }
  onScopeDispose(() => window.clearTimeout(timer))

  const now = ref(serverNow())
  watch(() => view.value?.n, () => { now.value = serverNow() })
  const muted = computed(() => {
    const me = session.me?.user.id
    if (!me || !view.value) return room.value?.muted ?? false
    return me in view.value.mutes ? isMuted(view.value, me, now.value) : room.value?.muted ?? false
  })
  const explained = computed(() => view.value?.shelf.find((r) => r.productId === view.value?.explain))
  const mayTalk = computed(() => isLive && !(state.value && isOver(state.value)))
  watch([state, url], ([s, u]) => { stage.alive = s !== undefined && !isOver(s) && u !== undefined })

  async function say(text: string): Promise<boolean> {
    const said = await act(() => live.say(source.id, text))
    if (said) line?.echo(said)
    return said !== undefined
  }
  function cheer() {
    if (!session.signedIn) {
      void act(async () => cheers.cheer())
      return
    }
    cheers.cheer()
  }
  async function follow() {
    const r = room.value
    if (!r) return
    const done = await act(() => channel.follow(r.channel.id))
    if (done) {
      room.value = { ...r, channel: { ...r.channel, followed: done.followed } }
      toast(t('viewer.followedToast'), 'good')
    }
  }
  function minimise() {
    stage.minimise()
    if (window.history.state?.back) router.back()
    else void router.push('/live')
  }
  function leave() {
    stage.close()
    if (window.history.state?.back) router.back()
    else void router.push('/live')
  }
  const { go } = useNeighbours(source, () => toast(t('viewer.room.onlyOne')))
  const context: RoomContext = {
    source, room, view, replay, explained, lost, mayTalk, muted, say, cheer, myCheers: cheers.mine, follow, minimise, leave, neighbour: (step) => void go(step),
    buy: (productId) => {
      if (isLive) void live.productOpened(source.id, productId)
      buySheet.open({ productId, roomId: source.id })
    },
    share: () => shareSheet.open({ title: room.value?.title ?? '', cover: room.value?.coverUrl, by: room.value?.channel.name, path: `/${source.kind}/${source.id}${isLive ? '?from=share' : ''}` }),
    openShelf: () => { shelfOpen.value = true },
    openMenu: () => { menuOpen.value = true },
  }
  provideRoom(context)
  void load()

  const buying = computed(() => buySheet.target !== undefined)
  /** Moves the replayed room to the picture's time. */
  const showAt = (at: number) => { void replayLine?.seek(at).catch(() => undefined) }
  const notThere = computed(() => error.value instanceof ApiError && error.value.status === 404)
  return { ...context, way: toRef(stage, 'way'), link, state, url, error, notThere, shelfOpen, menuOpen, buying, load, refresh, showAt, isLive }
}
