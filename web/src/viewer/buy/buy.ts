import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

export interface BuyTarget { productId: string; roomId?: string; postId?: string }

/** The buy sheet: every opening is a new intent to buy and carries its own key. */
export const useBuy = defineStore('buy', () => {
  const target = shallowRef<BuyTarget>()
  const opening = ref(0)
  function open(what: BuyTarget) {
    opening.value++
    target.value = what
  }
  const close = () => { target.value = undefined }
  return { target, opening, open, close }
})
