import { useI18n } from 'vue-i18n'
import { ApiError } from '@/api/client'
import { toast } from '@/ui/toast/toast'
import { isAbort } from '@/api/client'

/** Says a refusal's code in the person's language, else the server's own words. */
export function useCodeText(): (code: string, detail?: string, params?: Record<string, unknown>) => string {
  const { t, te } = useI18n()
  return (code, detail, params = {}) => (te(`errors.${code}`) ? t(`errors.${code}`, params) : detail || t('errors.unknown'))
}

/** Turns any failure into one sentence: the code's translation, else the server's words. */
export function useErrorText(): (err: unknown) => string {
  const said = useCodeText()
  return (err) => (err instanceof ApiError ? said(err.code, err.detail, err.params) : said('unknown'))
}

/** Runs an act and says its failure as a toast; resolves undefined when it failed. */
export function useTry() {
  const text = useErrorText()
  return async <T>(act: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await act()
    } catch (err) {
      if (!isAbort(err)) toast(text(err), 'bad')
      return undefined
    }
  }
}
