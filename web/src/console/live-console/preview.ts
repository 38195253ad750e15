import { attachPlayer, type PlayerState } from '@/live/player'
import { nextPieces, parseMaster, parseMedia, type Piece } from './previewPlaylist'

/** Twice in the length of a part: the preview follows within a second. */
const POLL_MS = 400
const RETRY_MS = 1500
/** Further behind than this it jumps: a host looks for what viewers see now. */
const BEHIND_S = 4
const CUSHION_S = 0.8
/** What was shown is let go, or three hours of picture would stay in memory. */
const KEEP_S = 8
const TRIM_EVERY_S = 12

export interface Preview { destroy(): void }

/**
 * A muted look at one's own live picture. The full player weighs more than the whole console; the preview needs
 * neither its repairs nor its quality choice, only the newest pieces in order. Where the browser cannot be fed
 * (or not in this codec) the full player takes over.
 */
export async function attachPreview(video: HTMLVideoElement, url: string, onState: (s: PlayerState) => void): Promise<Preview> {
  const stop = new AbortController()
  const read = async (at: string) => {
    const res = await fetch(at, { signal: stop.signal, cache: 'no-store' })
    if (!res.ok) throw new Error(`preview ${res.status}`)
    return res
  }
  onState('loading')
  const master = await readMaster(read, url)
  if (stop.signal.aborted) return { destroy: () => undefined }
  if (master && !canFeed(master.codecs)) return attachPlayer(video, url, { live: true, onState })
  video.addEventListener('playing', () => onState('playing'), { signal: stop.signal })
  video.addEventListener('waiting', () => onState('stalled'), { signal: stop.signal })
  void keepOn(video, url, read, stop.signal, onState)
  return {
    destroy() {
      stop.abort()
      video.removeAttribute('src')
      video.load()
    },
  }
}

type Read = (at: string) => Promise<Response>
const canFeed = (codecs: string) => typeof MediaSource !== 'undefined' && MediaSource.isTypeSupported(typeOf(codecs))
const typeOf = (codecs: string) => `video/mp4; codecs="${codecs}"`
const pause = (ms: number, signal: AbortSignal) => new Promise<void>((go) => {
  const timer = setTimeout(go, ms)
  signal.addEventListener('abort', () => { clearTimeout(timer); go() }, { once: true })
})

async function readMaster(read: Read, url: string) {
  try {
    return parseMaster(await (await read(url)).text())
  } catch {
    return undefined // not there yet, or gone: keepOn asks again
  }
}

async function keepOn(video: HTMLVideoElement, url: string, read: Read, signal: AbortSignal, onState: (s: PlayerState) => void) {
  while (!signal.aborted) {
    try {
      await follow(video, url, read, signal)
    } catch {
      if (!signal.aborted) onState('stalled')
    }
    await pause(signal.aborted ? 0 : RETRY_MS, signal)
  }
}

/** Plays one unbroken stretch; returns when the stream begins anew. */
async function follow(video: HTMLVideoElement, url: string, read: Read, signal: AbortSignal) {
  const master = parseMaster(await (await read(url)).text())
  if (!master) throw new Error('preview: no picture in the list')
  const list = new URL(master.uri, new URL(url, location.href)).href
  const source = new MediaSource()
  const address = URL.createObjectURL(source)
  video.src = address
  await new Promise((open) => source.addEventListener('sourceopen', open, { once: true }))
  URL.revokeObjectURL(address)
  const buffer = source.addSourceBuffer(typeOf(master.codecs))
  const settle = (act: () => void) => new Promise<void>((done, fail) => {
    buffer.addEventListener('updateend', () => done(), { once: true })
    buffer.addEventListener('error', () => fail(new Error('preview: piece refused')), { once: true })
    act()
  })
  let last: Piece | undefined
  while (!signal.aborted) {
    const { pieces, gap } = nextPieces(parseMedia(await (await read(list)).text()), last)
    if (gap) return
    for (const p of pieces) {
      if (!last && p.init) {
        const init = await (await read(new URL(p.init, list).href)).arrayBuffer()
        await settle(() => buffer.appendBuffer(init))
      }
      const body = await (await read(new URL(p.uri, list).href)).arrayBuffer()
      await settle(() => buffer.appendBuffer(body))
      last = p
    }
    hold(video)
    const from = video.buffered.length ? video.buffered.start(0) : 0
    if (video.currentTime - from > TRIM_EVERY_S) await settle(() => buffer.remove(from, video.currentTime - KEEP_S))
    await pause(POLL_MS, signal)
  }
}

/** Keeps the picture within the buffer and near its end. */
function hold(video: HTMLVideoElement) {
  const ranges = video.buffered
  if (ranges.length === 0) return
  const start = ranges.start(ranges.length - 1)
  const end = ranges.end(ranges.length - 1)
  if (video.currentTime < start || end - video.currentTime > BEHIND_S) video.currentTime = Math.max(start, end - CUSHION_S)
  if (video.paused) void video.play().catch(() => undefined) // refused only in a hidden window; the next turn asks again
}
