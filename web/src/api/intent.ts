import { ApiError, newKey } from './client'

/**
 * Idempotency keys of one place where people wish for something. The same wish sent again after
 * an answer that never came keeps its key, so that it has one effect and gets its first answer.
 * An answer ends the key, a refusal too: the server keeps refusals, and would give the same one
 * to a wish whose cause has been mended. Another wish is another key.
 */
export function keepIntent(): <W, T>(wish: W, send: (wish: W, key: string) => Promise<T>) => Promise<T> {
  let key = ''
  let last = ''
  return async (wish, send) => {
    const text = JSON.stringify(wish)
    if (!key || text !== last) key = newKey()
    last = text
    const mine = key
    const end = () => { if (key === mine) key = '' }
    try {
      const got = await send(wish, mine)
      end()
      return got
    } catch (err) {
      if (err instanceof ApiError && err.status >= 400 && err.status < 500) end()
      throw err
    }
  }
}
