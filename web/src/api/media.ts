import type { DetailedError, HttpResponse, Upload } from 'tus-js-client'
import { ApiError, call, get, parseProblem } from './client'
import type { Asset } from './types'

/** Small enough to lose little on a bad line, large enough to keep requests few. */
const chunkBytes = 8 << 20
const retryDelaysMs = [0, 1000, 3000, 8000]
/** Checks whether a finished upload turned ready: 500 ms apart, for one minute. */
const readyPollMs = 500
const readyPolls = 120

export const asset = (id: string) => get<Asset>(`/media/assets/${id}`)

/** Sends a picture (JPEG, PNG or WebP, at most 8 MiB) in one request. */
export const uploadImage = (image: Blob) => call<Asset>('POST', '/media/images', { body: image, timeoutMs: 60_000 })

const pictures = new WeakMap<Blob, Asset>()
/** The picture's asset; sent once, however often what it belongs to is tried. */
export async function uploadImageOnce(image: Blob): Promise<Asset> {
  const asset = pictures.get(image) ?? await uploadImage(image)
  pictures.set(image, asset)
  return asset
}

export interface UploadHandle {
  /** Resolves when the asset is ready; rejects with ApiError when it was refused. */
  done: Promise<Asset>
  abort(): void
}

/** Resumable upload of a file; `onProgress` gets a share from 0 to 1. */
export function upload(file: File, purpose: 'post' | 'image', onProgress: (share: number) => void): UploadHandle {
  let assetId = ''
  const stop = new AbortController()
  let current: Upload | undefined
  // The library loads with the first upload; most visitors never send a file.
  const sent = import('tus-js-client').then((tus) => new Promise<string>((resolve, reject) => {
    stop.signal.throwIfAborted()
    const note = (res: HttpResponse) => {
      assetId = res.getHeader('Hawker-Asset-Id') || assetId
    }
    current = new tus.Upload(file, {
      endpoint: '/api/v1/media/uploads',
      chunkSize: chunkBytes,
      retryDelays: retryDelaysMs,
      removeFingerprintOnSuccess: true,
      metadata: { filename: file.name, filetype: file.type, purpose },
      onAfterResponse: (_req, res) => note(res),
      // A refusal (4xx) is final: sending the same bytes again cannot help.
      onShouldRetry: (err) => {
        const status = (err as DetailedError).originalResponse?.getStatus() ?? 0
        return status === 0 || status >= 500 || status === 409 || status === 423
      },
      onProgress: (sent, total) => onProgress(total > 0 ? sent / total : 0),
      onError: (err) => {
        const res = 'originalResponse' in err ? err.originalResponse : null
        reject(res ? parseProblem(res.getStatus(), res.getBody()) : new ApiError({ status: 0, code: 'offline' }))
      },
      onSuccess: () => (assetId ? resolve(assetId) : reject(new ApiError({ status: 0, code: 'server_error' }))),
    })
    stop.signal.addEventListener('abort', () => reject(new DOMException('upload stopped', 'AbortError')))
    current.start()
  }))
  return {
    done: sent.then((id) => untilReady(id, stop.signal)),
    abort: () => {
      stop.abort()
      void current?.abort(true).catch(() => undefined)
    },
  }
}

async function untilReady(id: string, signal: AbortSignal): Promise<Asset> {
  for (let i = 0; i < readyPolls; i++) {
    signal.throwIfAborted()
    const a = await asset(id)
    if (a.state === 'ready') return a
    if (a.state === 'refused') throw new ApiError({ status: 422, code: a.code || 'media_refused' })
    await new Promise((next) => setTimeout(next, readyPollMs))
  }
  throw new ApiError({ status: 0, code: 'timeout' })
}
