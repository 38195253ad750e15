import { useEventListener } from '@vueuse/core'
import { onBeforeUnmount, ref, watch, type Ref } from 'vue'
import { mayAutoplay } from '@/lib/prefs'
import { startPlaying } from '@/live/player'
import { muted } from './sound'

/** How much a clip holds: plays, is read ahead, only its first words are, or nothing. */
export type ClipPart = 'play' | 'ahead' | 'head' | 'rest'

/** A wait shorter than this shows nothing; one longer than `slowMs` says why. */
const spinMs = 600
const slowMs = 5000
/** Between tries after a failure: quick at first, then at this pace for as long as the clip is on screen. */
const retryMs = [1000, 2000, 4000, 8000]
/** The first failures heal behind the spinner; then a word and a button stand until it plays. */
const quietTries = 2
/** A clip swiped away falls silent at once; its buffers are let go when the swipe is over. */
const letGoMs = 260

/** One clip's picture: loads by its part, waits aloud, tries again by itself, lets go of everything at rest. */
export function useClip(el: Readonly<Ref<HTMLVideoElement | null>>, o: { url: () => string; part: () => ClipPart; rate: () => number; from: () => number; onReady: () => void }) {
  const at = ref(0)
  const lengthS = ref(0)
  const paused = ref(false)
  const playing = ref(false)
  const waited = ref<'no' | 'some' | 'long'>('no')
  const failed = ref(false)
  /** The person wants clips to wait for a tap: nothing is loaded, the cover stands under the play mark. */
  const held = ref(false)
  let timers: number[] = []
  let tries = 0
  let retry = 0
  let resume = 0
  let letGo = 0

  const calm = () => {
    timers.forEach(window.clearTimeout)
    timers = []
    waited.value = 'no'
  }
  function wait() {
    if (timers.length || o.part() !== 'play') return
    timers = [window.setTimeout(() => { waited.value = 'some' }, spinMs), window.setTimeout(() => { waited.value = 'long' }, slowMs)]
  }
  function rest(v: HTMLVideoElement) {
    calm()
    window.clearTimeout(retry)
    if (!v.paused) v.pause()
    window.clearTimeout(letGo)
    letGo = window.setTimeout(() => release(v), letGoMs)
  }
  function release(v: HTMLVideoElement) {
    window.clearTimeout(letGo)
    calm()
    window.clearTimeout(retry)
    v.pause()
    if (v.hasAttribute('src')) {
      v.removeAttribute('src')
      v.load()
    }
    at.value = 0
    playing.value = false
    failed.value = false
    tries = 0
  }
  function load(v: HTMLVideoElement) {
    if (v.getAttribute('src') !== o.url()) v.src = o.url()
  }
  function play(v: HTMLVideoElement) {
    v.muted = muted.value
    v.playbackRate = o.rate()
    if (v.readyState < 3) wait()
    void startPlaying(v, () => { muted.value = true }).catch(() => undefined)
  }
  watch([o.part, el], ([part, v]) => {
    if (!v) return
    window.clearTimeout(letGo)
    held.value = part === 'play' && !mayAutoplay()
    if (part === 'play') {
      v.preload = held.value ? 'none' : 'auto'
      resume = o.from()
      load(v)
      if (!held.value) play(v)
    } else if (part === 'rest' || !mayAutoplay()) {
      rest(v)
    } else {
      v.preload = part === 'ahead' ? 'auto' : 'metadata'
      load(v)
      if (!v.paused) v.pause()
      calm()
    }
  }, { flush: 'post', immediate: true })
  watch(muted, (off) => { if (el.value) el.value.muted = off })
  watch(o.rate, (r) => { if (el.value) el.value.playbackRate = r })

  function again() {
    const v = el.value
    if (!v || o.part() !== 'play') return
    window.clearTimeout(retry)
    if (lengthS.value && at.value) resume = at.value
    v.load()
    play(v)
  }
  useEventListener(window, 'online', () => { if (failed.value || waited.value !== 'no') again() })
  onBeforeUnmount(() => {
    window.clearTimeout(letGo)
    if (el.value) release(el.value)
  })
  const on = {
    play() {
      paused.value = false
      held.value = false
    },
    timeupdate(e: Event) { at.value = (e.target as HTMLVideoElement).currentTime },
    pause() { paused.value = true },
    waiting: wait,
    playing() {
      calm()
      tries = 0
      playing.value = true
      failed.value = false
      if (o.part() === 'play') o.onReady()
    },
    loadedmetadata(e: Event) {
      const v = e.target as HTMLVideoElement
      lengthS.value = Number.isFinite(v.duration) ? v.duration : 0
      if (resume && resume < lengthS.value - 0.5) v.currentTime = resume
      resume = 0
    },
    error() {
      if (o.part() !== 'play') return
      playing.value = false
      failed.value = ++tries > quietTries
      wait()
      retry = window.setTimeout(again, retryMs[Math.min(tries, retryMs.length) - 1])
    },
  }
  function seek(s: number) {
    const v = el.value
    if (!v || !lengthS.value) return
    at.value = Math.max(0, Math.min(lengthS.value, s))
    v.currentTime = at.value
  }
  function toggle() {
    const v = el.value
    if (!v) return
    if (failed.value) again()
    else if (held.value) play(v)
    else if (v.paused) void v.play().catch(() => undefined)
    else v.pause()
  }
  return { at, lengthS, paused, playing, waited, failed, held, on, toggle, seek, again }
}
