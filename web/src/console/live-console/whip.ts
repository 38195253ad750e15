/**
 * One WHIP publication (RFC 9725): POST the offer, apply the answer, PATCH late candidates (trickle ICE,
 * RFC 8840 fragments), DELETE at the end. Everything the browser gives comes in, so that tests bring fakes.
 */
export interface WhipDeps {
  fetch: typeof fetch
  peer: () => RTCPeerConnection
  /** How long to wait for candidates before the offer goes; what comes later is trickled. */
  gatherMs: number
}

export class WhipError extends Error {
  constructor(
    readonly code: 'whip_denied' | 'whip_busy' | 'whip_refused' | 'whip_unreachable',
    readonly status: number,
    readonly detail: string,
  ) {
    super(detail || code)
  }
}

export interface Publication {
  peer: RTCPeerConnection
  /** Tells the server and closes. Never throws: the picture is gone either way. */
  close: () => Promise<void>
}

interface Session {
  url: string
  sdp: string
  etag: string
}

type CodecSetter = Pick<RTCRtpTransceiver, 'setCodecPreferences'>

/** H.264 first (the server records and packages it without transcoding), the rest after it in the browser's order. */
export function preferH264(transceiver: CodecSetter, codecs: RTCRtpCodec[]): void {
  if (typeof transceiver.setCodecPreferences !== 'function') return
  const rank = (c: RTCRtpCodec) => {
    if (c.mimeType.toLowerCase() !== 'video/h264') return 2
    return /packetization-mode=1/.test(c.sdpFmtpLine ?? '') ? 0 : 1
  }
  const ordered = [...codecs].sort((a, b) => rank(a) - rank(b))
  if (ordered.length > 0) transceiver.setCodecPreferences(ordered)
}

/** The ICE part of an SDP as an RFC 8840 fragment for one candidate. */
export function candidateFragment(sdp: string, candidate: { candidate: string; sdpMid: string | null }): string {
  const pick = (name: string) => new RegExp(`^a=${name}:(.*)$`, 'm').exec(sdp)?.[1]?.trim()
  const ufrag = pick('ice-ufrag')
  const pwd = pick('ice-pwd')
  const media = /^m=(\w+)/m.exec(sdp)?.[1] ?? 'video'
  const lines = [`m=${media} 9 UDP/TLS/RTP/SAVPF 0`, `a=mid:${candidate.sdpMid ?? '0'}`, `a=${candidate.candidate}`]
  if (ufrag) lines.unshift(`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${pwd ?? ''}`)
  return lines.join('\r\n') + '\r\n'
}

export async function publishWhip(url: string, token: string, stream: MediaStream, deps: WhipDeps): Promise<Publication> {
  const peer = deps.peer()
  try {
    const video = addTracks(peer, stream)
    if (video) preferH264(video, senderCodecs())
    const offer = await peer.createOffer()
    const late: RTCIceCandidate[] = []
    const session: Session = { url: '', sdp: '', etag: '' }
    // What is gathered before the offer is read stands in it; only what comes later is trickled.
    peer.onicecandidate = (e) => {
      if (!e.candidate || session.sdp === '') return
      if (session.url) void trickle(session, token, e.candidate, deps)
      else late.push(e.candidate)
    }
    await peer.setLocalDescription(offer)
    await gathered(peer, deps.gatherMs)
    session.sdp = peer.localDescription?.sdp ?? offer.sdp ?? ''
    const answer = await post(url, token, session.sdp, deps)
    await peer.setRemoteDescription({ type: 'answer', sdp: answer.sdp })
    Object.assign(session, { url: answer.location, etag: answer.etag })
    for (const c of late) void trickle(session, token, c, deps)
    return { peer, close: () => closeWhip(peer, answer.location, token, deps) }
  } catch (e) {
    peer.close()
    throw e
  }
}

function addTracks(peer: RTCPeerConnection, stream: MediaStream): RTCRtpTransceiver | undefined {
  let video: RTCRtpTransceiver | undefined
  for (const track of stream.getTracks()) {
    const t = peer.addTransceiver(track, { direction: 'sendonly', streams: [stream] })
    if (track.kind === 'video') video = t
  }
  return video
}

function senderCodecs(): RTCRtpCodec[] {
  if (typeof RTCRtpSender === 'undefined' || !RTCRtpSender.getCapabilities) return []
  return RTCRtpSender.getCapabilities('video')?.codecs ?? []
}

function gathered(peer: RTCPeerConnection, ms: number): Promise<void> {
  if (peer.iceGatheringState === 'complete') return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      peer.removeEventListener('icegatheringstatechange', check)
      resolve()
    }
    function check() {
      if (peer.iceGatheringState === 'complete') done()
    }
    peer.addEventListener('icegatheringstatechange', check)
  })
}

async function post(url: string, token: string, sdp: string, deps: WhipDeps): Promise<{ sdp: string; location: string; etag: string }> {
  let res: Response
  try {
    res = await deps.fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/sdp', Authorization: `Bearer ${token}` }, body: sdp })
  } catch (e) {
    throw new WhipError('whip_unreachable', 0, e instanceof Error ? e.message : '')
  }
  const text = await res.text()
  if (res.status !== 201) {
    const code = res.status === 401 || res.status === 403 ? 'whip_denied' : res.status === 409 ? 'whip_busy' : 'whip_refused'
    throw new WhipError(code, res.status, problemDetail(text))
  }
  const location = res.headers.get('Location')
  if (!location) throw new WhipError('whip_refused', res.status, 'no Location in the answer')
  return { sdp: text, location: new URL(location, new URL(url, base())).toString(), etag: res.headers.get('ETag') ?? '' }
}

function base(): string {
  return typeof location === 'undefined' ? 'http://localhost/' : location.href
}

function problemDetail(text: string): string {
  try {
    const p = JSON.parse(text) as { detail?: unknown }
    return typeof p.detail === 'string' ? p.detail : ''
  } catch {
    return text.slice(0, 200)
  }
}

// A lost candidate only narrows the choice of paths; the connection itself reports whether it works.
async function trickle(session: Session, token: string, c: RTCIceCandidate, deps: WhipDeps): Promise<void> {
  try {
    await deps.fetch(session.url, {
      method: 'PATCH',
      // RFC 9725 4.3.1: the fragment belongs to one ICE session, named by the ETag of the answer.
      headers: { 'Content-Type': 'application/trickle-ice-sdpfrag', Authorization: `Bearer ${token}`, ...(session.etag ? { 'If-Match': session.etag } : {}) },
      body: candidateFragment(session.sdp, c),
    })
  } catch {
    return
  }
}

async function closeWhip(peer: RTCPeerConnection, url: string, token: string, deps: WhipDeps): Promise<void> {
  peer.close()
  try {
    await deps.fetch(url, { method: 'DELETE', headers: { Authorization: `Bearer ${token}` }, keepalive: true })
  } catch {
    return // the server notices the closed transport by itself
  }
}
