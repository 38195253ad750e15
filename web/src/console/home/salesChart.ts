import type { ShopSummary } from '@/api/types'

/** The server sends the moment its day begins; its noon is the same date here, whatever the time zones. */
const HALF_DAY_MS = 12 * 3600 * 1000
const HOURS = 24
const two = (v: number) => String(v).padStart(2, '0')

export function dayLabel(at: number): string {
  const d = new Date(at + HALF_DAY_MS)
  return `${two(d.getMonth() + 1)}-${two(d.getDate())}`
}

export interface HourCurves {
  labels: string[]
  /** Sums since midnight in fen; null for hours still to come. */
  today: (number | null)[]
  yesterday: number[]
  /** The last hour that has begun. */
  last: number
  /** What yesterday had sold when its clock stood where today's last full hour ended; fen. */
  base: number
}

/** Both days as sums that only grow, so that the same clock can be compared. */
export function hourCurves(hours: ShopSummary['hours'], now: number, clock: (at: number) => string): HourCurves {
  const sum = (list: ShopSummary['hours']) => {
    let total = 0
    return list.map((h) => (total += h.salesMinor))
  }
  const yesterday = sum(hours.slice(0, HOURS))
  const late = hours.slice(HOURS)
  const today = sum(late).map((v, i) => ((late[i]?.at ?? 0) <= now ? v : null))
  const last = today.findLastIndex((v) => v !== null)
  return { labels: late.map((h) => clock(h.at)), today, yesterday, last, base: last > 0 ? (yesterday[last - 1] ?? 0) : 0 }
}
