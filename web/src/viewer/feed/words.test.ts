import { describe, expect, it } from 'vitest'
import { clockText } from './clockText'
import { reasonKey } from './reason'

describe('the time of a clip', () => {
  it('reads as minutes and seconds', () => {
    expect([0, 7.9, 60, 754, Number.NaN, -1].map(clockText)).toEqual(['0:00', '0:07', '1:00', '12:34', '0:00', '0:00'])
  })
})

describe('the reason of a post', () => {
  it('has words, names its tag, and stays silent when a newer server says more', () => {
    expect(reasonKey('popular')).toEqual({ key: 'popular', tag: '' })
    expect(reasonKey('tag:开窑')).toEqual({ key: 'tag', tag: '开窑' })
    expect(reasonKey('mystery')).toBeUndefined()
    expect(reasonKey(undefined)).toBeUndefined()
  })
})
