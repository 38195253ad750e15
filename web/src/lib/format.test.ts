import { describe, expect, it } from 'vitest'
import { formatCount } from './count'
import { chooseLocale } from './i18n'
import { formatMoney, moneyParts } from './money'
import { formatAgo, formatClock, formatMoment } from './time'

describe('money', () => {
  it('draws fen exactly', () => {
    expect(formatMoney(4900)).toBe('¥49.00')
    expect(formatMoney(123456789)).toBe('¥1,234,567.89')
    expect(formatMoney(-500)).toBe('−¥5.00')
    expect(formatMoney(4900, { short: true })).toBe('¥49')
    expect(formatMoney(4950, { short: true })).toBe('¥49.50')
  })
  it('refuses a fraction of a fen', () => {
    expect(() => moneyParts(1.5)).toThrow(RangeError)
    expect(() => moneyParts(Number.NaN)).toThrow(RangeError)
  })
})

describe('counts', () => {
  it('cut, never round up', () => {
    expect(formatCount(9999, 'zh-CN')).toBe('9,999')
    expect(formatCount(19_999, 'zh-CN')).toBe('1.9万')
    expect(formatCount(1_500_000, 'zh-CN')).toBe('150万')
    expect(formatCount(120_000_000, 'zh-CN')).toBe('1.2亿')
    expect(formatCount(22_400, 'en')).toBe('22.4k')
    expect(formatCount(22_000, 'en')).toBe('22k')
    expect(formatCount(999_999, 'en')).toBe('999.9k')
    expect(formatCount(1_200_000, 'en')).toBe('1.2M')
    expect(formatCount(-3, 'en')).toBe('0')
  })
})

describe('time', () => {
  const now = new Date(2026, 10, 20, 20, 14).getTime()
  it('says how long ago in both languages', () => {
    expect(formatAgo(now - 30_000, now, 'zh-CN')).toBe('刚刚')
    expect(formatAgo(now - 2 * 3600_000, now, 'zh-CN')).toBe('2小时前')
    expect(formatAgo(now - 5 * 60_000, now, 'en')).toMatch(/5 min/)
    expect(formatAgo(now + 5000, now, 'en')).toBe('just now')
  })
  it('names today and yesterday', () => {
    expect(formatMoment(new Date(2026, 10, 20, 16, 42).getTime(), now, 'zh-CN')).toBe('今天 16:42')
    expect(formatMoment(new Date(2026, 10, 19, 8, 15).getTime(), now, 'zh-CN')).toBe('昨天 08:15')
    expect(formatMoment(new Date(2026, 10, 19, 21, 6).getTime(), now, 'en')).toBe('Yesterday 21:06')
    expect(formatMoment(new Date(2026, 10, 19, 21, 6).getTime(), now, 'en', true)).toBe('yesterday 21:06')
    expect(formatMoment(new Date(2026, 10, 21, 18, 0).getTime(), now, 'zh-CN')).toBe('明天 18:00')
  })
  it('dates the rest, and midnight is 00, not 24', () => {
    expect(formatMoment(new Date(2026, 10, 18, 0, 5).getTime(), now, 'zh-CN')).toBe('11月18日 00:05')
    expect(formatMoment(new Date(2026, 10, 18, 0, 5).getTime(), now, 'en')).toBe('Nov 18, 00:05')
    expect(formatMoment(new Date(2025, 10, 18, 9, 5).getTime(), now, 'en')).toBe('Nov 18, 2025, 09:05')
  })
  it('shows a clock that ends at zero', () => {
    expect(formatClock(161_000)).toBe('02:41')
    expect(formatClock(4_584_000)).toBe('1:16:24')
    expect(formatClock(1)).toBe('00:01')
    expect(formatClock(-5)).toBe('00:00')
  })
})

describe('chooseLocale', () => {
  it('takes the link first, then the choice, then the browser', () => {
    expect(chooseLocale('?lang=en', 'zh-CN', ['zh-CN'])).toBe('en')
    expect(chooseLocale('', 'en', ['zh-CN'])).toBe('en')
    expect(chooseLocale('', null, ['fr', 'en-GB'])).toBe('en')
    expect(chooseLocale('?lang=xx', null, [])).toBe('zh-CN')
  })
})
