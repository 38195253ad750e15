import { describe, expect, it } from 'vitest'
import { AHEAD_MS, fromField, HORIZON_MS, nearest, NEAR_MS, timeFits, toField, usualTime } from './startTime'

const now = new Date(2026, 10, 21, 14, 20).getTime()

describe('the time of a notice', () => {
  it('is the same minute after a trip through the field', () => {
    expect(toField(now)).toBe('2026-11-21T14:20')
    expect(fromField(toField(now))).toBe(now)
    expect(fromField('')).toBeNaN()
  })
  it('lies between five minutes and ninety days ahead', () => {
    expect(timeFits(now + AHEAD_MS, now)).toBe(true)
    expect(timeFits(now + AHEAD_MS - 1, now)).toBe(false)
    expect(timeFits(now + HORIZON_MS + 1, now)).toBe(false)
    expect(timeFits(NaN, now)).toBe(false)
  })
  it('is proposed for tomorrow evening', () => {
    expect(toField(usualTime(now))).toBe('2026-11-22T20:00')
    expect(timeFits(usualTime(now), now)).toBe(true)
  })
})

describe('the notice a new room fulfils', () => {
  const at = (startsAt: number, state = 'planned') => ({ startsAt, state })
  it('is the nearest within two hours, before or after', () => {
    const late = at(now - 10 * 60_000)
    expect(nearest([at(now + 30 * 60_000), late, at(now + NEAR_MS + 1)], now)).toBe(late)
  })
  it('is none when nothing is near or what is near is over', () => {
    expect(nearest([at(now + NEAR_MS + 1), at(now, 'cancelled'), at(now, 'live')], now)).toBeUndefined()
  })
})
