import { createI18n } from 'vue-i18n'
import common from '@/locales/en/common'
import errors from '@/locales/en/errors'
import zhCommon from '@/locales/zh-CN/common'
import zhErrors from '@/locales/zh-CN/errors'

/** The mount options of a component test: the words every part of the face may use, and nothing else. */
export function withWords(locale: 'en' | 'zh-CN' = 'en') {
  const i18n = createI18n({ legacy: false, locale, fallbackLocale: false, messages: { en: { common, errors }, 'zh-CN': { common: zhCommon, errors: zhErrors } } })
  return { plugins: [i18n], stubs: { RouterLink: { props: ['to'], template: '<a :href="to"><slot /></a>' } } }
}
