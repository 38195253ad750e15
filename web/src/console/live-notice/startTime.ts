// The browser's datetime field speaks local wall time without a zone; the server takes milliseconds.

/** What the server allows, with a minute of grace for filling in the form. */
export const AHEAD_MS = 5 * 60_000
export const HORIZON_MS = 90 * 24 * 3_600_000
/** A room that starts within this of a notice is most likely that live. */
export const NEAR_MS = 2 * 3_600_000

const two = (v: number) => String(v).padStart(2, '0')

export function toField(ms: number): string {
  const d = new Date(ms)
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`
}

/** NaN for an empty or half-filled field. */
export const fromField = (text: string): number => new Date(text).getTime()

export const timeFits = (ms: number, now: number): boolean => ms >= now + AHEAD_MS && ms <= now + HORIZON_MS

/** Tomorrow evening at eight: when most people watch. */
export function usualTime(now: number): number {
  const d = new Date(now)
  return new Date(d.getFullYear(), d.getMonth(), d.getDate() + 1, 20, 0).getTime()
}

/** The planned notice a room prepared now most likely fulfils: the nearest within two hours. */
export function nearest<T extends { state: string; startsAt: number }>(notices: T[], now: number): T | undefined {
  return notices
    .filter((n) => n.state === 'planned' && Math.abs(n.startsAt - now) <= NEAR_MS)
    .sort((a, b) => Math.abs(a.startsAt - now) - Math.abs(b.startsAt - now))[0]
}
