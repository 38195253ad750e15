import { expect, it } from 'vitest'
import { ApiError } from './client'
import { keepIntent } from './intent'

/** Sends each wish with the given outcome and returns the keys it went out with. */
async function keysOf(steps: [wish: unknown, outcome: number | 'ok'][]): Promise<string[]> {
  const intent = keepIntent()
  const keys: string[] = []
  for (const [wish, outcome] of steps) {
    await intent(wish, async (sent, key) => {
      expect(sent).toBe(wish)
      keys.push(key)
      if (outcome !== 'ok') throw new ApiError({ status: outcome, code: 'x' })
    }).catch((err: unknown) => expect(err).toBeInstanceOf(ApiError))
  }
  return keys
}

it.each([
  ['no answer', 0], ['a fault of the server', 500], ['a server still at it', 503],
])('%s keeps the key of the same wish', async (_what, status) => {
  const [first, second] = await keysOf([[{ n: 1 }, status], [{ n: 1 }, 'ok']])
  expect(second).toBe(first)
})
it.each([
  ['an answer', 'ok'], ['a refusal', 422], ['a conflict', 409],
] as const)('%s ends the key', async (_what, outcome) => {
  const [first, second] = await keysOf([[{ n: 1 }, outcome], [{ n: 1 }, 'ok']])
  expect(second).not.toBe(first)
})
it('another wish is another key, also after no answer', async () => {
  const [first, second, third] = await keysOf([[{ n: 1 }, 0], [{ n: 2 }, 0], [{ n: 2 }, 'ok']])
  expect(second).not.toBe(first)
  expect(third).toBe(second)
})
it('two presses at once are one key', async () => {
  const intent = keepIntent()
  const keys: string[] = []
  await Promise.all([1, 2].map(() => intent('pay', async (_w, key) => { keys.push(key) })))
  expect(keys[1]).toBe(keys[0])
})
