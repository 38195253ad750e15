import { onBeforeUnmount, onMounted } from 'vue'
import { useRouter } from 'vue-router'
import { chordOf, isTyping } from '@/lib/keys'
import { menu } from './menu'

/** `G` waits this long for its second letter. */
const GO_MS = 1200

/** `G` then a letter goes to a page. The second letter is taken before the page's own single-key commands see it. */
export function useGoKeys(): void {
  const router = useRouter()
  const places: Record<string, string> = { S: '/console/settings' }
  for (const e of menu.flatMap((g) => g.entries)) if (e.go) places[e.go] = e.to
  let since = 0

  function onKey(e: KeyboardEvent) {
    if (isTyping(e.target) || document.querySelector('.el-overlay [role="dialog"]')) return
    const chord = chordOf(e)
    if (chord === 'G') {
      since = e.timeStamp
      return
    }
    const to = e.timeStamp - since < GO_MS && since > 0 ? places[chord] : undefined
    since = 0
    if (!to) return
    e.preventDefault()
    e.stopImmediatePropagation()
    void router.push(to)
  }

  onMounted(() => window.addEventListener('keydown', onKey, { capture: true }))
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey, { capture: true }))
}
