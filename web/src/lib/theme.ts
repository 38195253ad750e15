import { ref } from 'vue'

/** `design`: each screen wears its own ground. The others force one. */
export type ThemeChoice = 'design' | 'dark' | 'light'
export type Ground = 'dark' | 'light'

const storeKey = 'hawker.theme'

function stored(): ThemeChoice {
  try {
    const v = localStorage.getItem(storeKey)
    return v === 'dark' || v === 'light' ? v : 'design'
  } catch {
    return 'design'
  }
}

export const themeChoice = ref<ThemeChoice>(stored())
let ground: Ground = 'dark'
let fixed = false

function apply() {
  const theme = fixed || themeChoice.value === 'design' ? ground : themeChoice.value
  document.documentElement.dataset.theme = theme
  document.querySelector('meta[name=theme-color]')?.setAttribute('content', theme === 'dark' ? '#14110F' : '#F8F1E8')
}

/** The screen's own ground; `only` means no choice can change it (video is always dark). */
export function setGround(wish: Ground, only = false): void {
  ground = wish
  fixed = only
  apply()
}

export function setTheme(choice: ThemeChoice): void {
  themeChoice.value = choice
  apply()
  try {
    localStorage.setItem(storeKey, choice)
  } catch {
    // The choice lasts for this visit only.
  }
}
