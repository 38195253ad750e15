import { useEventListener, useOnline } from '@vueuse/core'
import { computed, inject, onScopeDispose, provide, ref, shallowRef, watch, type InjectionKey, type Ref } from 'vue'
import { attachPlayer, type Player, type PlayerState } from '@/live/player'

/** Later than this (s) the viewer is told, and offered the way back. */
const lateFromS = 6
/** A picture that comes back from a break may jump to the present once it runs, in ms. */
const catchUpMs = 1500
export const speeds = [1, 1.25, 1.5, 2] as const

/** The picture of the stage: its player and what people do with it. */
export function createPicture(video: Ref<HTMLVideoElement | null>, url: Ref<string | undefined>, isLive: boolean) {
  const state = ref<PlayerState>('loading')
  /** It has run once; before that a wait is still the connecting. */
  const started = ref(false)
  const muted = ref(false)
  /** The browser refused sound before a tap. */
  const refused = ref(false)
  const late = ref(false)
  const position = ref(0)
  const duration = ref(0)
  const speed = ref<number>(1)
  const player = shallowRef<Player>()
  const online = useOnline()
  let turn = 0

  // The picture follows its address: a host who reconnects gets a new session and a new one.
  watch([url, video], async ([to, el]) => {
    const mine = ++turn
    player.value?.destroy()
    player.value = undefined
    if (!to || !el) return
    const made = await attachPlayer(el, to, { live: isLive, onState: (s) => {
      state.value = s
      started.value ||= s === 'playing'
    }, onMuted: () => { refused.value = true } })
    if (mine !== turn) made.destroy()
    else player.value = made
  }, { flush: 'post' })
  onScopeDispose(() => {
    turn++
    player.value?.destroy()
  })

  useEventListener(video, 'volumechange', () => { muted.value = video.value?.muted ?? false })
  useEventListener(video, ['timeupdate', 'seeked', 'durationchange', 'pause'], () => {
    const el = video.value
    if (!el) return
    position.value = el.currentTime
    duration.value = Number.isFinite(el.duration) ? el.duration : 0
    if (isLive) late.value = (player.value?.behind() ?? 0) > lateFromS
  })

  let timer = 0
  function toLive() {
    player.value?.toLive()
    void video.value?.play().catch(() => undefined)
    late.value = false
  }
  /** After a break in the network: nobody should have to press for the present. */
  function catchUp() {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => { if (isLive && late.value && state.value !== 'paused') toLive() }, catchUpMs)
  }
  watch(online, (on) => { if (on) catchUp() })
  onScopeDispose(() => window.clearTimeout(timer))

  function setMuted(on: boolean) {
    refused.value = false
    if (video.value) video.value.muted = on
  }
  function toggle() {
    const el = video.value
    if (!el) return
    if (el.paused) void el.play().catch(() => undefined)
    else el.pause()
  }
  function seek(seconds: number) {
    const el = video.value
    if (el) el.currentTime = Math.max(0, Math.min(seconds, duration.value || seconds))
  }
  function setSpeed(to: number) {
    speed.value = to
    if (video.value) video.value.playbackRate = to
  }
  const playing = computed(() => state.value === 'playing' || state.value === 'stalled')
  return { state, started, playing, muted, refused, late, position, duration, speed, player, online, toLive, catchUp, setMuted, toggle, seek, setSpeed, fullscreen: () => void video.value?.requestFullscreen?.().catch(() => undefined) }
}

export type Picture = ReturnType<typeof createPicture>
const key: InjectionKey<Picture> = Symbol('picture')
export const providePicture = (p: Picture) => provide(key, p)
export function usePicture(): Picture {
  const p = inject(key)
  if (!p) throw new Error('a picture control stands outside a room')
  return p
}
