import { ref } from 'vue'

// The window's own state: what is unfolded and whether the palette stands open.
const folded = ref(localStorage.getItem('hawker.console.menu') === 'rail')
const unfoldedOver = ref(false)
const paletteOpen = ref(false)

export function useDesk() {
  return {
    folded,
    /** In the live console the menu is always a rail; this lays the full menu over the page. */
    unfoldedOver,
    paletteOpen,
    toggleMenu(rail: boolean) {
      if (rail) {
        unfoldedOver.value = !unfoldedOver.value
        return
      }
      folded.value = !folded.value
      localStorage.setItem('hawker.console.menu', folded.value ? 'rail' : 'open')
    },
  }
}
