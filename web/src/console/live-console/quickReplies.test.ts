import { expect, it } from 'vitest'
import { cleanReplies, MOST_REPLIES, parseReplies, REPLY_CHARS } from './quickReplies'

it('keeps what can be said: trimmed, once each, at most nine, none too long', () => {
  expect(cleanReplies([' a  b ', 'a b', '', '   '])).toEqual(['a b'])
  expect(cleanReplies(Array.from({ length: 20 }, (_, i) => `line ${i}`))).toHaveLength(MOST_REPLIES)
  expect(cleanReplies(['x'.repeat(200)])[0]).toHaveLength(REPLY_CHARS)
})

it('reads only a list of words from the store, and tells an empty list from none', () => {
  expect(parseReplies(null)).toBeUndefined()
  expect(parseReplies('{')).toBeUndefined()
  expect(parseReplies('{"a":1}')).toBeUndefined()
  expect(parseReplies('[1,"yes"]')).toEqual(['yes'])
  expect(parseReplies('[]')).toEqual([])
})
