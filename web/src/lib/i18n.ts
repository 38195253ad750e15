import { createI18n, useI18n } from 'vue-i18n'
import { computed } from 'vue'
import { formatCount } from './count'
import { formatAgo, formatDay, formatMoment } from './time'
import { serverNow } from './clock'

export const locales = ['zh-CN', 'en'] as const
export type Locale = (typeof locales)[number]
/** One file per part of the product; every key is read as `<part>.<key>`. */
export type LocalePart = 'common' | 'errors' | 'viewer' | 'console'

const storeKey = 'hawker.locale'
type Messages = { [key: string]: string | Messages }
const files = import.meta.glob<{ default: Messages }>('../locales/*/*.ts')

/** `?lang=` wins (shared links), then the person's choice, then the browser. */
export function chooseLocale(search: string, stored: string | null, languages: readonly string[]): Locale {
  for (const wish of [new URLSearchParams(search).get('lang'), stored, ...languages]) {
    if (!wish) continue
    if (/^zh\b/i.test(wish)) return 'zh-CN'
    if (/^en\b/i.test(wish)) return 'en'
  }
  return 'zh-CN'
}

function storedLocale(): string | null {
  try {
    return localStorage.getItem(storeKey)
  } catch {
    return null // storage may be forbidden; the browser's languages still decide
  }
}

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN' as Locale,
  fallbackLocale: false,
  missingWarn: import.meta.env.DEV,
  messages: {} as Record<Locale, Record<string, Messages>>,
})

let wanted: LocalePart[] = []

async function load(locale: Locale, parts: LocalePart[]): Promise<void> {
  const have = i18n.global.messages.value[locale] ?? {}
  await Promise.all(parts.filter((part) => !(part in have)).map(async (part) => {
    const file = files[`../locales/${locale}/${part}.ts`]
    if (!file) throw new Error(`no messages: ${locale}/${part}`)
    i18n.global.mergeLocaleMessage(locale, { [part]: (await file()).default })
  }))
}

/** Called once by each application with the parts it speaks; resolves when texts are there. */
export async function setupI18n(parts: LocalePart[]): Promise<void> {
  wanted = parts
  await setLocale(chooseLocale(location.search, storedLocale(), navigator.languages), false)
}

export async function setLocale(locale: Locale, remember = true): Promise<void> {
  await load(locale, wanted)
  i18n.global.locale.value = locale
  document.documentElement.lang = locale
  if (!remember) {
    document.title = i18n.global.t('common.appName') // from here on every screen names itself
    return
  }
  try {
    localStorage.setItem(storeKey, locale)
  } catch {
    // The choice lasts for this visit only.
  }
}

/** Locale-aware figures for templates. */
export function useFormat() {
  const { locale } = useI18n()
  const l = computed(() => locale.value as Locale)
  return {
    locale: l,
    count: (n: number) => formatCount(n, l.value),
    ago: (at: number) => formatAgo(at, serverNow(), l.value),
    day: (at: number) => formatDay(at, serverNow(), l.value),
    moment: (at: number) => formatMoment(at, serverNow(), l.value),
    /** The same moment as part of a sentence. */
    momentInside: (at: number) => formatMoment(at, serverNow(), l.value, true),
  }
}
