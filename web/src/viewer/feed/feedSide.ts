import { ref } from 'vue'

/** On a wide screen comments stand beside the clip, and stay open from one clip to the next. */
export const commentsBeside = ref(false)
