// The one way to the server: JSON in, JSON out, problem+json as ApiError.
import { noteCall } from '@/lib/waiting'

/** How long one call may take before it counts as offline. Long polls add their own wait. */
const callTimeoutMs = 20_000

export type Query = Record<string, string | number | boolean | undefined | null>

export interface CallOptions {
  query?: Query
  body?: unknown
  /**
   * Idempotency-Key: the same key makes a repeated call answer with the first result. A POST
   * without one gets its own, so only a caller that may retry has to keep a key.
   */
  key?: string
  signal?: AbortSignal
  timeoutMs?: number
  /** Lets the call outlive the page (seen reports, beacons). */
  keepalive?: boolean
}

export interface FieldProblem {
  location: string
  message: string
}

/**
 * A refusal or a failure. `code` is the server's machine word (translated under
 * `errors.<code>`), or one of ours: `offline` (no answer), `timeout`, `server_error`.
 */
export class ApiError extends Error {
  readonly code: string
  readonly status: number
  readonly field?: string
  readonly params: Record<string, unknown>
  readonly detail: string
  readonly errors: FieldProblem[]
  readonly requestId?: string

  constructor(init: {
    code: string
    status: number
    field?: string
    params?: Record<string, unknown>
    detail?: string
    errors?: FieldProblem[]
    requestId?: string
  }) {
    super(init.detail || init.code)
    this.name = 'ApiError'
    this.code = init.code
    this.status = init.status
    this.field = init.field
    this.params = init.params ?? {}
    this.detail = init.detail ?? ''
    this.errors = init.errors ?? []
    this.requestId = init.requestId
  }
}

export function isApiError(err: unknown, code?: string): err is ApiError {
  return err instanceof ApiError && (code === undefined || err.code === code)
}

/** True when the caller gave up on purpose; such an error is never shown. */
export function isAbort(err: unknown): boolean {
  return err instanceof DOMException && err.name === 'AbortError'
}

/** Random key, 128 bits as hex. crypto.randomUUID is missing on plain-HTTP pages of a LAN. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

export function apiUrl(path: string, query?: Query): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value))
  }
  const text = params.toString()
  return `/api/v1${path}${text ? `?${text}` : ''}`
}

/** Reads a refused answer, whatever its shape. */
export async function problemFrom(res: Response): Promise<ApiError> {
  const text = await res.text().catch(() => '')
  return parseProblem(res.status, text)
}

export function parseProblem(status: number, text: string): ApiError {
  try {
    const p = JSON.parse(text) as Record<string, unknown>
    return new ApiError({
      status,
      code: typeof p.code === 'string' && p.code ? p.code : fallbackCode(status),
      field: typeof p.field === 'string' && p.field ? p.field.replace(/^body\./, '') : fieldOf(p.errors),
      params: (p.params as Record<string, unknown>) ?? {},
      detail: typeof p.detail === 'string' ? p.detail : '',
      errors: Array.isArray(p.errors) ? (p.errors as FieldProblem[]) : [],
      requestId: typeof p.requestId === 'string' ? p.requestId : undefined,
    })
  } catch {
    return new ApiError({ status, code: fallbackCode(status) })
  }
}

/** The schema's refusals name a place ("body.phone"); a plain one is a field of the form. */
function fieldOf(errors: unknown): string | undefined {
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  const place = first && typeof first === 'object' && 'location' in first ? first.location : undefined
  return typeof place === 'string' ? /^body\.(\w+)$/.exec(place)?.[1] : undefined
}

function fallbackCode(status: number): string {
  if (status === 401) return 'signed_out'
  if (status === 403) return 'denied'
  if (status === 404) return 'not_found'
  if (status === 429) return 'too_many'
  return status >= 500 ? 'server_error' : 'invalid'
}

/** One call. Throws ApiError for every refusal and failure, AbortError when `signal` fired. */
export async function call<T>(method: string, path: string, o: CallOptions = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  const key = o.key ?? (method === 'POST' ? newKey() : undefined)
  if (key) headers['Idempotency-Key'] = key
  let body: BodyInit | undefined
  if (o.body instanceof Blob) {
    headers['Content-Type'] = o.body.type || 'application/octet-stream'
    body = o.body
  } else if (o.body !== undefined) {
    headers['Content-Type'] = 'application/json'
    body = JSON.stringify(o.body)
  }
  const timeout = AbortSignal.timeout(o.timeoutMs ?? callTimeoutMs)
  const signal = o.signal ? AbortSignal.any([o.signal, timeout]) : timeout
  // A call with its own patience (uploads, long polls) or without a waiting person says nothing.
  const ended = o.timeoutMs === undefined && !o.keepalive ? noteCall() : () => undefined
  let res: Response
  try {
    res = await fetch(apiUrl(path, o.query), {
      method, headers, body, signal, credentials: 'same-origin', keepalive: o.keepalive,
    })
  } catch (err) {
    if (o.signal?.aborted) throw err
    throw new ApiError({ status: 0, code: timeout.aborted ? 'timeout' : 'offline' })
  } finally {
    ended()
  }
  if (!res.ok) throw await problemFrom(res)
  if (res.status === 204 || res.headers.get('Content-Length') === '0') return undefined as T
  const text = await res.text()
  return (text ? JSON.parse(text) : undefined) as T
}

export const get = <T>(path: string, query?: Query, o?: CallOptions) => call<T>('GET', path, { ...o, query })
export const post = <T>(path: string, body?: unknown, o?: CallOptions) => call<T>('POST', path, { ...o, body })
export const put = <T>(path: string, body?: unknown, o?: CallOptions) => call<T>('PUT', path, { ...o, body })
export const patch = <T>(path: string, body?: unknown, o?: CallOptions) => call<T>('PATCH', path, { ...o, body })
export const del = <T>(path: string, query?: Query, o?: CallOptions) => call<T>('DELETE', path, { ...o, query })
