import { useMediaQuery } from '@vueuse/core'

/** Three columns need width and height: a phone on its side has only the first. */
export const useWideRoom = () => useMediaQuery('(min-width: 900px) and (min-height: 501px)')
