import { effectScope } from 'vue'
import { describe, expect, it, vi } from 'vitest'
import { candidateFragment, preferH264, publishWhip, WhipError, type WhipDeps } from './whip'
import { useWhip } from './useWhip'

const offerSdp = 'v=0\r\na=ice-ufrag:ab\r\na=ice-pwd:secret\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n'

class FakePeer extends EventTarget {
  iceGatheringState = 'new'
  connectionState = 'new'
  localDescription: { sdp: string } | null = null
  onicecandidate: ((e: { candidate: unknown }) => void) | null = null
  onconnectionstatechange: (() => void) | null = null
  answer = ''
  closed = false
  preferred: string[] = []
  senders: { track: { kind: string }; replaceTrack: ReturnType<typeof vi.fn> }[] = []
  addTransceiver(track: { kind: string }) {
    this.senders.push({ track, replaceTrack: vi.fn(async () => undefined) })
    return { setCodecPreferences: (c: { mimeType: string }[]) => (this.preferred = c.map((x) => x.mimeType)) }
  }
  getSenders() {
    return this.senders
  }
  async createOffer() {
    return { type: 'offer', sdp: offerSdp }
  }
  async setLocalDescription() {
    this.localDescription = { sdp: offerSdp }
    this.iceGatheringState = 'complete'
  }
  async setRemoteDescription(d: { sdp: string }) {
    this.answer = d.sdp
  }
  close() {
    this.closed = true
  }
  turn(state: string) {
    this.connectionState = state
    this.onconnectionstatechange?.()
  }
}

function stream(): MediaStream {
  const tracks = [{ kind: 'video', stop: vi.fn() }, { kind: 'audio', stop: vi.fn() }]
  return { getTracks: () => tracks } as unknown as MediaStream
}

function world(answers: (() => Response)[]) {
  const peers: FakePeer[] = []
  const calls: { url: string; method: string; body?: string; auth?: string; match?: string }[] = []
  const deps: WhipDeps = {
    gatherMs: 20,
    peer: () => {
      const p = new FakePeer()
      peers.push(p)
      return p as unknown as RTCPeerConnection
    },
    fetch: (async (url: string, init: RequestInit) => {
      calls.push({ url, method: init.method ?? 'GET', body: init.body as string, auth: (init.headers as Record<string, string>).Authorization, match: (init.headers as Record<string, string>)['If-Match'] })
      if (init.method !== 'POST') return new Response(null, { status: 200 })
      const next = answers.shift()
      if (!next) throw new TypeError('network')
      return next()
    }) as unknown as typeof fetch,
  }
  return { peers, calls, deps }
}

const created = () => new Response('answer-sdp', { status: 201, headers: { Location: '/api/v1/media/whip/s1', ETag: '"ice-1"' } })
const refused = (status: number) => () => new Response(JSON.stringify({ detail: 'why' }), { status })
const url = 'http://shop.test/api/v1/media/whip'

describe('publishWhip', () => {
  it('posts the offer with the token, applies the answer and deletes the session at the end', async () => {
    const w = world([created])
    const p = await publishWhip(url, 'tok', stream(), w.deps)
    expect(w.calls[0]).toEqual({ url, method: 'POST', body: offerSdp, auth: 'Bearer tok' })
    expect(w.peers[0]!.answer).toBe('answer-sdp')
    await p.close()
    expect(w.calls[1]).toMatchObject({ url: 'http://shop.test/api/v1/media/whip/s1', method: 'DELETE' })
    expect(w.peers[0]!.closed).toBe(true)
  })

  it('trickles a candidate that comes after the answer', async () => {
    const w = world([created])
    await publishWhip(url, 'tok', stream(), w.deps)
    w.peers[0]!.onicecandidate?.({ candidate: { candidate: 'candidate:1 1 udp 1 10.0.0.1 9 typ host', sdpMid: '0' } })
    await vi.waitFor(() => expect(w.calls[1]?.method).toBe('PATCH'))
    expect(w.calls[1]!.body).toContain('a=ice-ufrag:ab')
    expect(w.calls[1]!.match).toBe('"ice-1"')
  })

  it.each([[401, 'whip_denied'], [409, 'whip_busy'], [415, 'whip_refused']])('answers %i with %s and closes the peer', async (status, code) => {
    const w = world([refused(status)])
    await expect(publishWhip(url, 'tok', stream(), w.deps)).rejects.toMatchObject({ code, detail: 'why' })
    expect(w.peers[0]!.closed).toBe(true)
  })

  it('refuses an answer without a Location and a dead network', async () => {
    await expect(publishWhip(url, 't', stream(), world([() => new Response('x', { status: 201 })]).deps)).rejects.toBeInstanceOf(WhipError)
    await expect(publishWhip(url, 't', stream(), world([]).deps)).rejects.toMatchObject({ code: 'whip_unreachable' })
  })
})

describe('preferH264', () => {
  it('puts packetization mode 1 first and keeps the rest in order', () => {
    const set = vi.fn()
    preferH264({ setCodecPreferences: set }, [
      { mimeType: 'video/VP8', clockRate: 90000 },
      { mimeType: 'video/H264', clockRate: 90000, sdpFmtpLine: 'packetization-mode=0' },
      { mimeType: 'video/H264', clockRate: 90000, sdpFmtpLine: 'packetization-mode=1' },
      { mimeType: 'video/AV1', clockRate: 90000 },
    ])
    expect(set.mock.calls[0]![0].map((c: RTCRtpCodec) => c.sdpFmtpLine ?? c.mimeType)).toEqual(['packetization-mode=1', 'packetization-mode=0', 'video/VP8', 'video/AV1'])
  })
  it('leaves the order alone when the browser tells no codecs', () => {
    const set = vi.fn()
    preferH264({ setCodecPreferences: set }, [])
    expect(set).not.toHaveBeenCalled()
  })
})

describe('candidateFragment', () => {
  it('carries credentials, media line and mid', () => {
    const f = candidateFragment(offerSdp, { candidate: 'candidate:9 1 udp 1 10.0.0.2 9 typ host', sdpMid: '0' })
    expect(f.split('\r\n')).toEqual(['a=ice-ufrag:ab', 'a=ice-pwd:secret', 'm=video 9 UDP/TLS/RTP/SAVPF 0', 'a=mid:0', 'a=candidate:9 1 udp 1 10.0.0.2 9 typ host', ''])
  })
})

describe('useWhip', () => {
  function camera(answers: (() => Response)[], userMedia: () => Promise<MediaStream> = async () => stream()) {
    const w = world(answers)
    const token = vi.fn(async () => ({ token: 'tok', url }))
    const media = { getUserMedia: vi.fn(userMedia), enumerateDevices: async () => [] }
    const scope = effectScope()
    const whip = scope.run(() => useWhip({ token, media: media as unknown as MediaDevices, deps: w.deps }))!
    return { ...w, whip, token, scope }
  }

  it('goes preview, connecting, on, and stops the camera at the end', async () => {
    const c = camera([created])
    expect(await c.whip.preview({ portrait: true })).toBe(true)
    const tracks = c.whip.stream.value!.getTracks()
    expect(await c.whip.publish()).toBe(true)
    c.peers[0]!.turn('connected')
    expect(c.whip.state.value).toBe('on')
    await c.whip.end()
    expect(c.whip.state.value).toBe('idle')
    expect(tracks.every((t) => (t.stop as ReturnType<typeof vi.fn>).mock.calls.length === 1)).toBe(true)
    expect(c.calls.at(-1)?.method).toBe('DELETE')
  })

  it('reconnects once with a fresh token after a failure, then tells the host', async () => {
    const c = camera([created, created])
    await c.whip.preview({ portrait: true })
    await c.whip.publish()
    c.peers[0]!.turn('failed')
    await vi.waitFor(() => expect(c.peers).toHaveLength(2))
    expect(c.peers[0]!.closed).toBe(true)
    expect(c.token).toHaveBeenCalledTimes(2)
    await vi.waitFor(() => expect(c.peers[1]!.onconnectionstatechange).not.toBeNull())
    c.peers[1]!.turn('failed')
    await vi.waitFor(() => expect(c.whip.state.value).toBe('failed'))
    expect(c.whip.error.value).toBe('whip_lost')
    expect(c.peers).toHaveLength(2)
  })

  it('does not retry a denied token', async () => {
    const c = camera([refused(403), created])
    await c.whip.preview({ portrait: true })
    expect(await c.whip.publish()).toBe(false)
    expect(c.whip.error.value).toBe('whip_denied')
    expect(c.peers).toHaveLength(1)
  })

  it('says why the camera did not open', async () => {
    const c = camera([], async () => Promise.reject(new DOMException('no', 'NotAllowedError')))
    expect(await c.whip.preview({ portrait: true })).toBe(false)
    expect(c.whip.error.value).toBe('camera_denied')
    expect(await c.whip.publish()).toBe(false)
  })
})
