export type UploadFace = 'waiting' | 'sending' | 'paused' | 'packing' | 'done' | 'failed'

/** One file on its way; sizes in bytes, time in seconds. */
export interface UploadShown {
  name: string
  state: UploadFace
  sent: number
  total: number
  bytesPerS?: number
  leftS?: number
  /** Why it failed, in the reader's language; with the number support asks for. */
  why?: string
  requestId?: string
}

/** Spoken at these parts of the way, and no oftener. */
export const spokenParts = [0.25, 0.5, 0.75] as const

/** Whole percent, cut and never rounded up: 100 means the last byte has arrived. */
export function percentOf(up: Pick<UploadShown, 'state' | 'sent' | 'total'>): number {
  if (up.state === 'packing' || up.state === 'done') return 100
  return up.total > 0 ? Math.min(99, Math.floor((up.sent / up.total) * 100)) : 0
}
