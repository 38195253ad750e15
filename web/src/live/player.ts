import type Hls from 'hls.js'
import type { LevelDetails } from 'hls.js'

// One picture, two ways: hls.js where the browser has Media Source (parts, low latency,
// picture clock), the browser's own HLS elsewhere (iPhone). The library loads on first use.

export type PlayerKind = 'hls' | 'native' | 'none'
export type PlayerState = 'loading' | 'playing' | 'paused' | 'stalled' | 'failed'

/**
 * Chromium says "maybe" to HLS and then cannot play it, so Media Source is asked first and
 * the browser's own claim only counts when there is none.
 */
export function choosePlayer(mediaSource: boolean, canPlayType: string): PlayerKind {
  if (mediaSource) return 'hls'
  return canPlayType === '' ? 'none' : 'native'
}

/** What hls.js needs of a browser, asked without loading it: an iPhone never fetches the library. */
const canFeed = (): boolean => {
  const w = window as Window & { ManagedMediaSource?: typeof MediaSource }
  const source = w.ManagedMediaSource ?? (typeof MediaSource === 'undefined' ? undefined : MediaSource)
  return source?.isTypeSupported?.('video/mp4; codecs="avc1.42E01E,mp4a.40.2"') ?? false
}

/** Between attempts after a network failure: a host who reconnects is back within seconds. */
const retryMs = 2000
const mediaRepairs = 3
/** With nothing being loaded for so long while there is more to load, the player stands still. */
const standstillMs = 1000
/** Seconds before the end of what is buffered in which the picture is as good as stopped. */
const runOutS = 0.3
/** How far behind the edge the browser's own player keeps by itself: about three segments. */
const nativeDelayS = 8

export interface Player {
  /** Unix ms of the frame on screen, from PROGRAM-DATE-TIME; undefined before the first. */
  pictureTime(): number | undefined
  toLive(): void
  /** Seconds the picture is later than the player aims at; 0 while it keeps up or is no live. */
  behind(): number
  destroy(): void
}

export interface PlayerOptions {
  live: boolean
  onState(state: PlayerState): void
  /** The browser refused sound before a tap; the picture runs muted. */
  onMuted?(): void
}

/** Starts playing; when sound is not allowed yet, goes on muted and says so. */
export async function startPlaying(video: HTMLVideoElement, onMuted?: () => void): Promise<void> {
  try {
    await video.play()
  } catch (err) {
    if (!(err instanceof DOMException) || err.name !== 'NotAllowedError' || video.muted) return
    video.muted = true
    onMuted?.()
    await video.play().catch(() => undefined)
  }
}

export async function attachPlayer(video: HTMLVideoElement, url: string, o: PlayerOptions): Promise<Player> {
  const kind = choosePlayer(canFeed(), video.canPlayType('application/vnd.apple.mpegurl'))
  const listeners = new AbortController()
  const on = (name: string, fn: () => void) => video.addEventListener(name, fn, { signal: listeners.signal })
  on('playing', () => o.onState('playing'))
  on('pause', () => o.onState('paused'))
  on('waiting', () => o.onState('stalled'))
  o.onState('loading')

  if (kind === 'hls') {
    const { default: HlsPlayer } = await import('hls.js/light')
    return attachHls(new HlsPlayer({
      lowLatencyMode: o.live,
      backBufferLength: o.live ? 10 : 60,
      // A worker would be a blob: script, which the content policy does not allow.
      enableWorker: false,
      maxLiveSyncPlaybackRate: o.live ? 1.08 : 1,
    }), HlsPlayer, video, url, o, listeners)
  }
  if (kind === 'native') return attachNative(video, url, o, listeners)
  o.onState('failed')
  return { pictureTime: () => undefined, toLive: () => undefined, behind: () => 0, destroy: () => listeners.abort() }
}

/**
 * Where to go on, in seconds of the element, when everything buffered has been shown and the
 * playlist has more; undefined when there is still something to show, or nothing more to load.
 */
export function beyondBuffered(video: HTMLVideoElement, details: LevelDetails): number | undefined {
  const { buffered, currentTime } = video
  let end = currentTime
  for (let i = 0; i < buffered.length; i++) {
    if (buffered.start(i) <= currentTime && buffered.end(i) > end) end = buffered.end(i)
  }
  if (end - currentTime > runOutS) return undefined
  const listed = details.fragmentHint ? [...details.fragments, details.fragmentHint] : details.fragments
  const next = listed.find((f) => f.start >= end - 0.1 && f.start > currentTime)
  // A little into it: its true start may be some milliseconds later than the playlist's sums say.
  return next && details.partEnd > next.start + 0.1 ? next.start + 0.05 : undefined
}

/** The player over one hls.js: repairs what the element chokes on, and asks again when the line fails. */
export function attachHls(hls: Hls, kit: typeof Hls, video: HTMLVideoElement, url: string, o: PlayerOptions, listeners: AbortController): Player {
  let repairs = 0
  let timer = 0
  let idleSince = Infinity
  hls.on(kit.Events.MANIFEST_PARSED, () => void startPlaying(video, o.onMuted))
  hls.on(kit.Events.FRAG_LOADING, () => { idleSince = Infinity })
  hls.on(kit.Events.FRAG_BUFFERED, () => {
    repairs = 0
    idleSince = performance.now()
  })
  // hls.js (1.7) can wait at the last segment of an encoder that died until its parts have left the
  // playlist, which is three segments of the new one. A step over the seam makes it go on.
  hls.on(kit.Events.LEVEL_UPDATED, (_name, { details }) => {
    if (!o.live || video.paused || performance.now() - idleSince < standstillMs) return
    const next = beyondBuffered(video, details)
    if (next !== undefined) video.currentTime = next
  })
  hls.on(kit.Events.ERROR, (_name, data) => {
    if (!data.fatal) return
    if (data.type === kit.ErrorTypes.MEDIA_ERROR && repairs++ < mediaRepairs) {
      // Repairing loads the element anew, which pauses it: whoever was watching goes on watching.
      const ran = !video.paused
      hls.recoverMediaError()
      if (ran) void startPlaying(video, o.onMuted)
      return
    }
    o.onState(o.live ? 'stalled' : 'failed')
    window.clearTimeout(timer)
    timer = window.setTimeout(() => {
      hls.loadSource(url)
      hls.startLoad()
    }, retryMs)
  })
  hls.loadSource(url)
  hls.attachMedia(video)
  return {
    pictureTime: () => hls.playingDate?.getTime(),
    toLive: () => { if (hls.liveSyncPosition) video.currentTime = hls.liveSyncPosition },
    behind: () => (o.live && hls.targetLatency ? Math.max(0, hls.latency - hls.targetLatency) : 0),
    destroy: () => {
      listeners.abort()
      window.clearTimeout(timer)
      hls.destroy()
    },
  }
}

function attachNative(video: HTMLVideoElement, url: string, o: PlayerOptions, listeners: AbortController): Player {
  let timer = 0
  const load = () => {
    video.src = url
    void startPlaying(video, o.onMuted)
  }
  video.addEventListener('error', () => {
    o.onState(o.live ? 'stalled' : 'failed')
    timer = window.setTimeout(load, retryMs)
  }, { signal: listeners.signal })
  load()
  return {
    pictureTime: () => {
      const start = (video as HTMLVideoElement & { getStartDate?: () => Date }).getStartDate?.().getTime()
      return start === undefined || Number.isNaN(start) ? undefined : start + video.currentTime * 1000
    },
    toLive: () => { if (video.seekable.length) video.currentTime = video.seekable.end(video.seekable.length - 1) },
    behind: () => {
      if (!o.live || !video.seekable.length) return 0
      return Math.max(0, video.seekable.end(video.seekable.length - 1) - video.currentTime - nativeDelayS)
    },
    destroy: () => {
      listeners.abort()
      window.clearTimeout(timer)
      video.removeAttribute('src')
      video.load()
    },
  }
}
