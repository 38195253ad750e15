import { computed } from 'vue'
import { i18n, setLocale } from '@/lib/i18n'
import { setGround, setTheme, themeChoice, type Ground } from '@/lib/theme'

const ground = { current: 'light' as Ground }

/** Theme and language of this window. Desks are light by design, the live console is dark; a choice overrides both. */
export function useLook() {
  const theme = computed<Ground>(() => (themeChoice.value === 'design' ? ground.current : themeChoice.value))
  return {
    theme,
    toggleTheme: () => setTheme(theme.value === 'dark' ? 'light' : 'dark'),
    toggleLocale: () => setLocale(i18n.global.locale.value === 'zh-CN' ? 'en' : 'zh-CN'),
    ground(wish: Ground) {
      ground.current = wish
      setGround(wish)
    },
  }
}
