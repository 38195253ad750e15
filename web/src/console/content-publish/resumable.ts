import { Upload, type DetailedError, type FileReader, type HttpStack } from 'tus-js-client'
import { ApiError, parseProblem } from '@/api/client'

/** One part: large enough that request cost vanishes, small enough that a break costs seconds. */
export const PART_BYTES = 8 << 20
/** Waits between tries after a broken connection; their count is the limit. */
export const RETRY_MS = [500, 1500, 4000, 8000, 15_000]

export interface ResumableOptions {
  file: File
  purpose: 'post' | 'image'
  onProgress: (sent: number, total: number) => void
  /** The asset's id, once the server has made it. */
  onAsset: (id: string) => void
  onDone: () => void
  onFailed: (problem: ApiError) => void
  /** Tests bring their own transport and waits. */
  transport?: { httpStack: HttpStack; fileReader: FileReader }
  retryMs?: number[]
}

export interface Resumable {
  start: () => Promise<void>
  pause: () => void
  resume: () => void
  /** Gives the bytes back to the server. */
  cancel: () => void
}

/** An upload that can be paused, survives breaks, and goes on after a reload when the same file is dropped again. */
export function resumable(o: ResumableOptions): Resumable {
  const upload = new Upload(o.file, {
    endpoint: '/api/v1/media/uploads',
    chunkSize: PART_BYTES,
    retryDelays: o.retryMs ?? RETRY_MS,
    removeFingerprintOnSuccess: true,
    metadata: { filename: o.file.name, filetype: o.file.type, purpose: o.purpose },
    ...(o.transport ? { ...o.transport, storeFingerprintForResuming: false } : {}),
    onAfterResponse: (_req, res) => {
      const id = res.getHeader('Hawker-Asset-Id')
      if (id) o.onAsset(id)
    },
    // A refusal is about the bytes: sending them again cannot help. 409 and 423 are about the moment.
    onShouldRetry: (e) => retryable((e as DetailedError).originalResponse?.getStatus() ?? 0),
    onProgress: (sent, total) => o.onProgress(sent, total),
    onSuccess: () => o.onDone(),
    onError: (e) => o.onFailed(problemOf(e)),
  })
  return {
    async start() {
      // The server repeats Hawker-Asset-Id on HEAD; one that forgot the half answers 404 and tus starts anew.
      const earlier = o.transport ? [] : await upload.findPreviousUploads().catch(() => [])
      const last = earlier.at(-1)
      if (last) upload.resumeFromPreviousUpload(last)
      upload.start()
    },
    pause: () => void upload.abort().catch(() => undefined),
    resume: () => upload.start(),
    cancel: () => void upload.abort(true).catch(() => undefined),
  }
}

const retryable = (status: number) => status === 0 || status >= 500 || status === 409 || status === 423

function problemOf(e: Error | DetailedError): ApiError {
  const res = 'originalResponse' in e ? e.originalResponse : null
  return res ? parseProblem(res.getStatus(), res.getBody()) : new ApiError({ status: 0, code: 'offline' })
}
