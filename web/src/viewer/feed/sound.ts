import { ref } from 'vue'

/**
 * One sound switch for the whole visit. Browsers refuse sound before a tap, so it begins
 * muted; a single tap anywhere on the switch gives sound to every later clip.
 */
export const muted = ref(true)
