import { computed, reactive } from 'vue'
import { setLocale, type Locale } from '@/lib/i18n'
import { setTheme } from '@/lib/theme'
import { parts, type Scope } from './parts'

// What is looked at stands in the address, so that a state can be sent to somebody.
const asked = new URLSearchParams(location.search)
const pick = <T extends string>(name: string, allowed: readonly T[], otherwise: T): T => allowed.find((v) => v === asked.get(name)) ?? otherwise

export const look = reactive({
  part: asked.get('part') ?? 'all',
  app: pick<Scope>('app', ['viewer', 'console'], 'viewer'),
  theme: pick('theme', ['dark', 'light'] as const, asked.get('app') === 'console' ? 'light' : 'dark'),
  lang: pick<Locale>('lang', ['zh-CN', 'en'], 'zh-CN'),
  width: pick('width', ['fluid', '390'] as const, 'fluid'),
})
/** Only the parts, without list and switches: what the 390 frame shows. */
export const bare = asked.has('bare')

const address = (more: Record<string, string> = {}) => `/ui?${new URLSearchParams({ ...look, ...more })}`
export const frameAddress = computed(() => address({ bare: '1', width: 'fluid' }))

const wears = (scope?: Scope) => !scope || scope === look.app
export const shown = computed(() => parts.value.filter((p) => wears(p.scope) && (look.part === 'all' || p.id === look.part)))

export function dress(): void {
  document.documentElement.dataset.app = look.app
  setTheme(look.theme)
}

export async function change(to: Partial<typeof look>): Promise<void> {
  // The desk's plain class names cannot be taken back: another scope is another page.
  const reload = to.app !== undefined && to.app !== look.app
  Object.assign(look, to)
  history.replaceState(null, '', address())
  if (reload) return location.reload()
  dress()
  await setLocale(look.lang, false)
}
