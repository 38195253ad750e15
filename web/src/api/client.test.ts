import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError, apiUrl, call, get, newKey, parseProblem, post } from './client'

const answer = (status: number, body?: unknown) => new Response(body === undefined ? null : JSON.stringify(body), { status })
function stub(make: () => Promise<Response>) {
  const fetched = vi.fn(make)
  vi.stubGlobal('fetch', fetched)
  return fetched
}
afterEach(() => vi.unstubAllGlobals())
const headersOf = (fetched: ReturnType<typeof stub>, n = 0) =>
  (fetched.mock.calls as unknown as [string, RequestInit][])[n]?.[1].headers as Record<string, string>

describe('call', () => {
  it('reads JSON, and an empty answer as nothing', async () => {
    stub(async () => answer(200, { ok: 1 }))
    expect(await get('/x')).toEqual({ ok: 1 })
    stub(async () => answer(204))
    expect(await post('/x')).toBeUndefined()
  })
  it('turns a problem into an ApiError with code, field and params', async () => {
    stub(async () => answer(409, { code: 'out_of_stock', field: 'lines', params: { left: 2 }, detail: 'only 2 left', requestId: 'r1' }))
    await expect(get('/x')).rejects.toMatchObject({ code: 'out_of_stock', status: 409, field: 'lines', params: { left: 2 }, requestId: 'r1' })
  })
  it('takes the field from the schema\'s first refusal, when it is a plain one', () => {
    const refused = (location: string) => parseProblem(422, JSON.stringify({ code: 'invalid', errors: [{ location, message: 'too short' }] })).field
    expect(refused('body.phone')).toBe('phone')
    expect(refused('body.skus[0].priceMinor')).toBeUndefined()
    expect(refused('query.limit')).toBeUndefined()
  })
  it('calls no answer "offline" and a page of HTML a server error', async () => {
    stub(async () => { throw new TypeError('Failed to fetch') })
    await expect(get('/x')).rejects.toMatchObject({ code: 'offline', status: 0 })
    expect(parseProblem(502, '<html>').code).toBe('server_error')
    expect(parseProblem(401, '').code).toBe('signed_out')
  })
  it('lets the caller give up without calling it a failure', async () => {
    const stop = new AbortController()
    stop.abort()
    stub(async () => { throw new DOMException('', 'AbortError') })
    await expect(call('GET', '/x', { signal: stop.signal })).rejects.not.toBeInstanceOf(ApiError)
  })
  it('gives every POST a key of its own, and keeps the one it was given', async () => {
    const fetched = stub(async () => answer(200, {}))
    await post('/x', {})
    await post('/x', {})
    await post('/x', {}, { key: 'mine' })
    await get('/x')
    expect(headersOf(fetched, 0)['Idempotency-Key']).not.toBe(headersOf(fetched, 1)['Idempotency-Key'])
    expect(headersOf(fetched, 2)['Idempotency-Key']).toBe('mine')
    expect(headersOf(fetched, 3)['Idempotency-Key']).toBeUndefined()
  })
})

it('leaves empty query values out', () => {
  expect(apiUrl('/a', { q: '', cursor: undefined, limit: 0, on: false })).toBe('/api/v1/a?limit=0&on=false')
})
it('makes keys of 128 bits', () => {
  expect(newKey()).toMatch(/^[0-9a-f]{32}$/)
  expect(newKey()).not.toBe(newKey())
})
