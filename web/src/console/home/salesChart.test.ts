import { expect, it } from 'vitest'
import { dayLabel, hourCurves } from './salesChart'

const HOUR = 3_600_000
const midnight = Date.UTC(2026, 10, 20)
const clock = (at: number) => new Date(at).toISOString().slice(11, 16)
const hours = Array.from({ length: 48 }, (_, i) => ({ at: midnight + i * HOUR, orders: 1, salesMinor: i < 24 ? 100 : 250 }))

it('adds each day up and stops today at the clock', () => {
  const c = hourCurves(hours, midnight + 26.5 * HOUR, clock)
  expect(c.labels).toHaveLength(24)
  expect(c.labels[2]).toBe('02:00')
  expect(c.today.slice(0, 4)).toEqual([250, 500, 750, null])
  expect(c.yesterday.at(-1)).toBe(2400)
  expect(c.last).toBe(2)
  expect(c.base).toBe(200)
})

it('has no base in the first hour of a day', () => {
  expect(hourCurves(hours, midnight + 24.2 * HOUR, clock)).toMatchObject({ last: 0, base: 0 })
})

it('names a day whatever the zone of this desk', () => {
  expect(dayLabel(Date.UTC(2026, 10, 19, 16))).toBe('11-20') // midnight of 20 November in UTC+8
})
