import { onBeforeUnmount, onMounted } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { confirm } from '@/ui/confirm/confirm'
import { useWords } from '../shell/useWords'

/** What is typed and not saved: our own question before another page, the browser's before the window closes. */
export function useLeaveGuard(unsaved: () => boolean): void {
  const { t } = useWords()
  const stay = (e: BeforeUnloadEvent) => {
    if (unsaved()) e.preventDefault()
  }
  onMounted(() => window.addEventListener('beforeunload', stay))
  onBeforeUnmount(() => window.removeEventListener('beforeunload', stay))
  onBeforeRouteLeave(() => !unsaved() || confirm({ title: t('leave.title'), text: t('leave.text'), yes: t('leave.yes'), danger: true }))
}
