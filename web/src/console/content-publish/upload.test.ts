import { describe, expect, it, vi } from 'vitest'
import type { FileReader, HttpStack } from 'tus-js-client'
import type { ApiError } from '@/api/client'
import { PART_BYTES, resumable } from './resumable'
import { speedMeter } from './speed'
import { stripTimes } from './frames'

/** A tus server that keeps an offset and can be told to break or refuse a part. */
function server(o: { breakAt?: number[]; refuse?: { status: number; body: string } } = {}) {
  const seen: string[] = []
  let offset = 0
  let length = 0
  let parts = 0
  const answer = (status: number, headers: Record<string, string> = {}, body = '') => ({ getStatus: () => status, getHeader: (n: string) => headers[n], getBody: () => body, getUnderlyingObject: () => undefined })
  const stack: HttpStack = {
    getName: () => 'fake',
    createRequest(method, url) {
      const headers: Record<string, string> = {}
      return {
        getMethod: () => method, getURL: () => url, getUnderlyingObject: () => undefined,
        setHeader: (k, v) => void (headers[k] = v), getHeader: (k) => headers[k], setProgressHandler: () => undefined, abort: async () => undefined,
        async send(body: Blob) {
          seen.push(method)
          if (method === 'POST') {
            length = Number(headers['Upload-Length'])
            return answer(201, { Location: '/api/v1/media/uploads/u1', 'Hawker-Asset-Id': 'ast_1' })
          }
          if (method === 'HEAD') return answer(200, { 'Upload-Offset': String(offset), 'Upload-Length': String(length), 'Hawker-Asset-Id': 'ast_1' })
          parts++
          if (o.breakAt?.includes(parts)) throw new Error('network')
          if (o.refuse) return answer(o.refuse.status, {}, o.refuse.body)
          offset += body.size
          return answer(204, { 'Upload-Offset': String(offset) })
        },
      }
    },
  }
  return { stack, seen, offset: () => offset }
}

// The Node build of the library reads no File; the browser build does.
const fileReader: FileReader = {
  openFile: async (f: File) => ({ size: f.size, close: () => undefined, slice: async (from, to) => ({ value: f.slice(from, to), done: to >= f.size }) }),
}

function run(s: ReturnType<typeof server>, size: number, retryMs = [1, 1]) {
  const onAsset = vi.fn()
  const progress: number[] = []
  return new Promise<{ asset?: string; problem?: ApiError; progress: number[] }>((resolve) => {
    const end = (problem?: ApiError) => resolve({ asset: onAsset.mock.calls[0]?.[0] as string, problem, progress })
    void resumable({ file: new File([new Uint8Array(size)], '夜市.mp4', { type: 'video/mp4' }), purpose: 'post', onProgress: (n) => progress.push(n), onAsset, onDone: () => end(), onFailed: end, transport: { httpStack: s.stack, fileReader }, retryMs }).start()
  })
}

describe('resumable', () => {
  it('sends bounded parts and reports the asset', async () => {
    const s = server()
    const r = await run(s, PART_BYTES + 10)
    expect(r).toMatchObject({ asset: 'ast_1', problem: undefined })
    expect(s.seen).toEqual(['POST', 'PATCH', 'PATCH'])
    expect(r.progress.at(-1)).toBe(PART_BYTES + 10)
  })
  it('asks for the offset after a break and loses no byte', async () => {
    const s = server({ breakAt: [2] })
    await run(s, PART_BYTES * 2)
    expect(s.seen).toEqual(['POST', 'PATCH', 'PATCH', 'HEAD', 'PATCH'])
    expect(s.offset()).toBe(PART_BYTES * 2)
  })
  it('gives up as offline when every try breaks', async () => {
    const r = await run(server({ breakAt: [1, 2, 3, 4] }), 10)
    expect(r.problem).toMatchObject({ code: 'offline' })
  })
  it('reports a refused file at once, with its code and request number', async () => {
    const s = server({ refuse: { status: 422, body: JSON.stringify({ code: 'codec_unsupported', requestId: 'req_1' }) } })
    const r = await run(s, 10)
    expect(r.problem).toMatchObject({ status: 422, code: 'codec_unsupported', requestId: 'req_1' })
    expect(s.seen).toEqual(['POST', 'PATCH'])
  })
})

describe('speedMeter', () => {
  it('says nothing from one sample, then speed and seconds left', () => {
    const m = speedMeter()
    expect(m.add(0, 0, 1000)).toEqual({ bytesPerS: 0 })
    expect(m.add(1000, 250, 1000)).toEqual({ bytesPerS: 250, leftS: 3 })
    expect(m.add(2000, 250, 1000).bytesPerS).toBe(125)
  })
})

describe('stripTimes', () => {
  it('spreads frames inside the video and gives none for a broken duration', () => {
    expect(stripTimes(10, 5)).toEqual([1, 3, 5, 7, 9])
    expect(stripTimes(Number.NaN)).toEqual([])
  })
})
