import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { formatBytes } from '@/lib/bytes'
import { formatCount } from '@/lib/count'
import { formatMoney } from '@/lib/money'
import { formatClock } from '@/lib/time'
import { useFormat } from '@/lib/i18n'

/** The console's words and figures: `t('orders.title')` reads `console.orders.title`. */
export function useWords() {
  const { t: translate, te: exists, locale } = useI18n()
  const { ago, day, moment } = useFormat()
  const tag = computed(() => (locale.value === 'zh-CN' ? 'zh-CN' : 'en-GB'))
  const format = (at: number, o: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tag.value, o).format(at)

  return {
    locale,
    t: (key: string, params: Record<string, unknown> = {}): string => translate(`console.${key}`, params),
    /** One or many: English needs both forms, Chinese writes the same twice. */
    tn: (key: string, count: number, params: Record<string, unknown> = {}): string => translate(`console.${key}`, { n: count.toLocaleString('en-US'), ...params }, count),
    te: (key: string): boolean => exists(`console.${key}`),
    n: (value: number): string => Math.round(value).toLocaleString('en-US'),
    /** 21.4万 / 214k, for values watched from a distance. */
    compact: (value: number): string => formatCount(value, locale.value === 'zh-CN' ? 'zh-CN' : 'en'),
    money: (minor: number): string => formatMoney(minor),
    moneyShort: (minor: number): string => formatMoney(minor, { short: true }),
    /** A money column under a head that already says ¥. */
    amount: (minor: number): string => formatMoney(minor).replace('¥', ''),
    ago,
    day,
    moment,
    /** 22:31:04 */
    time: (at: number): string => format(at, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }),
    clock: (at: number): string => format(at, { hour: '2-digit', minute: '2-digit', hour12: false }),
    /** 11-20 22:31, sortable and the same width in every row. */
    stamp: (at: number): string => {
      const d = new Date(at)
      const two = (v: number) => String(v).padStart(2, '0')
      return `${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}`
    },
    /** 11 月 21 日 周六, Sat 21 Nov: one space between Han and digits even where the browser has no autospace. */
    date: (at: number): string => format(at, { month: 'short', day: 'numeric', weekday: 'short' }).replace(/(?<=\p{Script=Han})(?=\d|周)/gu, ' ').replace(/(?<=\d)(?=\p{Script=Han})/gu, ' '),
    duration: (ms: number): string => formatClock(ms),
    bytes: formatBytes,
    /** Order numbers are read aloud and compared: groups of four. */
    orderNumber: (number: string): string => number.replace(/(.{4})(?=.)/g, '$1 '),
  }
}
