import type { Locale } from './i18n'

/** Cuts, never rounds up: 19,999 viewers are not yet 2万. */
function cut(n: number, unit: number): string {
  const tenths = Math.floor((n * 10) / unit)
  const whole = Math.floor(tenths / 10)
  return whole >= 1000 || tenths % 10 === 0 ? String(whole) : `${whole}.${tenths % 10}`
}

const grouped = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, ',')

/** A counter as people say it: 1,208 · 3.4万 · 1.2亿 in Chinese, 1,208 · 34.1k · 1.2M in English. */
export function formatCount(value: number, locale: Locale): string {
  const n = Math.max(0, Math.floor(value))
  if (n < 10_000) return grouped(n)
  if (locale === 'zh-CN') return n < 100_000_000 ? `${cut(n, 10_000)}万` : `${cut(n, 100_000_000)}亿`
  if (n < 1_000_000) return `${cut(n, 1000)}k`
  return n < 1_000_000_000 ? `${cut(n, 1_000_000)}M` : `${cut(n, 1_000_000_000)}B`
}
