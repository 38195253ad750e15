import type { Locale } from './i18n'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** "刚刚 / just now", "2小时前 / 2 hours ago"; older than a week becomes a date. */
export function formatAgo(at: number, now: number, locale: Locale): string {
  const passed = Math.max(0, now - at)
  const rtf = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: locale === 'en' ? 'short' : 'long' })
  if (passed < minute) return locale === 'zh-CN' ? '刚刚' : 'just now'
  if (passed < hour) return rtf.format(-Math.floor(passed / minute), 'minute')
  if (passed < day) return rtf.format(-Math.floor(passed / hour), 'hour')
  if (passed < 7 * day) return rtf.format(-Math.floor(passed / day), 'day')
  return formatDay(at, now, locale)
}

/** "11月20日" or, in another year, with the year. */
export function formatDay(at: number, now: number, locale: Locale): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return new Intl.DateTimeFormat(locale, { month: locale === 'en' ? 'short' : 'long', day: 'numeric', year: sameYear ? undefined : 'numeric' }).format(at)
}

/** "今天 16:42", "昨天 08:15", "明天 18:00", "11月18日 21:06"; English puts a comma before the clock of a date. `inside` a sentence it begins small. */
export function formatMoment(at: number, now: number, locale: Locale, inside = false): string {
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / day)
  if (days >= -1 && days <= 1) {
    const word = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-days, 'day')
    return `${inside ? word : word.charAt(0).toUpperCase() + word.slice(1)} ${clock}`
  }
  return `${formatDay(at, now, locale)}${locale === 'en' ? ',' : ''} ${clock}`
}

/** A remaining or elapsed time as a clock: 02:41, 1:16:24. Rounds up, so that 0 means over. */
export function formatClock(ms: number): string {
  const s = Math.max(0, Math.ceil(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const h = Math.floor(s / 3600)
  return `${h > 0 ? `${h}:` : ''}${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
}
