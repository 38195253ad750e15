import type Hls from 'hls.js'

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

/** The player over one hls.js: repairs what the element chokes on, and asks again when the line fails. */
export function attachHls(hls: Hls, kit: typeof Hls, video: HTMLVideoElement, url: string, o: PlayerOptions, listeners: AbortController): Player {
  let repairs = 0
  let timer = 0
  hls.on(kit.Events.MANIFEST_PARSED, () => void startPlaying(video, o.onMuted))
  hls.on(kit.Events.FRAG_BUFFERED, () => { repairs = 0 })
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
