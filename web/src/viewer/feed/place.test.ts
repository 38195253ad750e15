import { describe, expect, it } from 'vitest'
import type { FeedItem } from '@/api/types'
import { keepPlace, leaveClip, placeOf, takeClip } from './place'

const items = [{ kind: 'post', reason: 'fresh', post: { id: 'pst_1' } }] as FeedItem[]

describe('the place in the feed', () => {
  it('is given back to the same person on the same tab', () => {
    keepPlace({ who: 'mei', tab: 'recommended', items, active: 3, keptAt: 1000 })
    expect(placeOf('recommended', 'mei', 2000)?.active).toBe(3)
    expect(placeOf('following', 'mei', 2000)).toBeUndefined()
    expect(placeOf('recommended', undefined, 2000)).toBeUndefined()
  })
  it('is forgotten when it is old or empty', () => {
    keepPlace({ tab: 'live', items, active: 0, keptAt: 0 })
    expect(placeOf('live', undefined, 20 * 60_000)).toBeUndefined()
    keepPlace({ tab: 'live', items: [], active: 0, keptAt: 0 })
    expect(placeOf('live', undefined, 1)).toBeUndefined()
  })
  it('resumes the clip that was left, once', () => {
    leaveClip('pst_1', 4.5)
    expect(takeClip('pst_2')).toBe(0)
    expect(takeClip('pst_1')).toBe(4.5)
    expect(takeClip('pst_1')).toBe(0)
  })
})
