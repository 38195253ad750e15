import { useI18n } from 'vue-i18n'
import { ApiError } from '@/api/client'
import { toast } from '@/ui/toast/toast'
import { isAbort } from '@/api/client'

/** Turns any failure into one sentence: the code's translation, else the server's words. */
export function useErrorText(): (err: unknown) => string {
  const { t, te } = useI18n()
  return (err) => {
    if (!(err instanceof ApiError)) return t('errors.unknown')
    const key = `errors.${err.code}`
    if (te(key)) return t(key, err.params)
    return err.detail || t('errors.unknown')
  }
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
