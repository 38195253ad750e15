import { onBeforeUnmount, onMounted } from 'vue'
import { dispatchKey, type KeyMap } from './keys'

// Dialogs and drawers own the keyboard while they are open; the page below must not react to single keys.
const overlay = '.el-overlay:not([style*="display: none"]) [role="dialog"], [data-owns-keys]'

/** Binds commands to the page for as long as the component lives. `overDialogs` keeps them alive above a dialog (the palette). */
export function useKeys(map: KeyMap, options: { overDialogs?: boolean } = {}): void {
  function onKey(e: KeyboardEvent) {
    if (!options.overDialogs && document.querySelector(overlay)) return
    dispatchKey(map, e)
  }
  onMounted(() => window.addEventListener('keydown', onKey))
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey))
}
