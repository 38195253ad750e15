import { onScopeDispose, ref, shallowRef } from 'vue'
import { publishWhip, WhipError, type Publication, type WhipDeps } from './whip'

export type WhipState = 'idle' | 'asking' | 'preview' | 'connecting' | 'on' | 'reconnecting' | 'failed'

export interface WhipPort {
  /** A fresh publish token and the address it is good for. */
  token: () => Promise<{ token: string; url: string }>
  media: Pick<MediaDevices, 'getUserMedia' | 'enumerateDevices'>
  deps: WhipDeps
}

export interface CameraChoice {
  videoId?: string
  audioId?: string
  portrait: boolean
}

/** After this many failed tries in one outage the host decides; a loop would hide a dead network. */
const RECONNECTS = 1

export const browserWhip = (): Pick<WhipPort, 'media' | 'deps'> => ({
  media: navigator.mediaDevices,
  deps: { fetch: window.fetch.bind(window), peer: () => new RTCPeerConnection({ bundlePolicy: 'max-bundle' }), gatherMs: 1200 },
})

/** This browser's camera as the room's source: preview, publish, one reconnect that takes over, clean end. */
export function useWhip(port: WhipPort) {
  const state = ref<WhipState>('idle')
  const error = ref<string>('')
  const stream = shallowRef<MediaStream>()
  const devices = shallowRef<MediaDeviceInfo[]>([])
  let current: Publication | undefined
  let triesLeft = RECONNECTS
  let wanted = false

  async function preview(choice: CameraChoice): Promise<boolean> {
    state.value = wanted ? state.value : 'asking'
    error.value = ''
    try {
      const next = await port.media.getUserMedia(constraints(choice))
      await swap(next)
      devices.value = (await port.media.enumerateDevices()).filter((d) => d.kind !== 'audiooutput')
      if (!wanted) state.value = 'preview'
      return true
    } catch (e) {
      error.value = cameraError(e)
      if (!wanted) state.value = 'failed'
      return false
    }
  }

  // While on air a new camera replaces the track in place: viewers see the cut, not a gap.
  async function swap(next: MediaStream): Promise<void> {
    for (const sender of current?.peer.getSenders() ?? []) {
      const track = next.getTracks().find((t) => t.kind === sender.track?.kind)
      if (track) await sender.replaceTrack(track)
    }
    stop(stream.value)
    stream.value = next
  }

  async function publish(): Promise<boolean> {
    if (!stream.value) return false
    wanted = true
    triesLeft = RECONNECTS
    return connect('connecting')
  }

  async function connect(as: WhipState): Promise<boolean> {
    state.value = as
    try {
      const { token, url } = await port.token()
      if (!wanted || !stream.value) return false
      const publication = await publishWhip(url, token, stream.value, port.deps)
      if (!wanted) {
        await publication.close()
        return false
      }
      current = publication
      watch(publication)
      return true
    } catch (e) {
      return lost(e instanceof WhipError ? e.code : 'whip_unreachable')
    }
  }

  function watch(publication: Publication) {
    const peer = publication.peer
    const check = () => {
      if (publication !== current) return
      if (peer.connectionState === 'connected') {
        state.value = 'on'
        triesLeft = RECONNECTS
      }
      if (peer.connectionState === 'failed') void lost('whip_lost')
    }
    peer.onconnectionstatechange = check
    check()
  }

  // The second publication of the same channel takes over on the server, so the broken one is closed only here.
  async function lost(code: string): Promise<boolean> {
    current?.peer.close()
    current = undefined
    if (wanted && triesLeft > 0 && code !== 'whip_denied') {
      triesLeft--
      return connect('reconnecting')
    }
    wanted = false
    error.value = code
    state.value = 'failed'
    return false
  }

  /** `told`: the server ended the publication itself (its room is over), so there is nothing left to delete. */
  async function end(o: { told?: boolean } = {}): Promise<void> {
    wanted = false
    const publication = current
    current = undefined
    if (o.told) publication?.peer.close()
    else await publication?.close()
    stop(stream.value)
    stream.value = undefined
    state.value = 'idle'
  }

  onScopeDispose(() => void end())
  return { state, error, stream, devices, preview, publish, end }
}

function constraints(c: CameraChoice): MediaStreamConstraints {
  const id = (v?: string) => (v ? { deviceId: { exact: v } } : {})
  const size = c.portrait ? { width: { ideal: 720 }, height: { ideal: 1280 } } : { width: { ideal: 1280 }, height: { ideal: 720 } }
  return {
    video: { ...id(c.videoId), ...size, frameRate: { ideal: 30, max: 30 } },
    audio: { ...id(c.audioId), echoCancellation: true, noiseSuppression: true },
  }
}

function cameraError(e: unknown): string {
  const name = e instanceof DOMException || e instanceof Error ? e.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'camera_denied'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'camera_missing'
  if (name === 'NotReadableError') return 'camera_busy'
  return 'camera_failed'
}

function stop(stream?: MediaStream) {
  for (const track of stream?.getTracks() ?? []) track.stop()
}
