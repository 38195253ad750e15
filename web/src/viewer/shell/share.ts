import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

export interface ShareItem { title: string; path: string; onShared?: () => void }

/** What the share sheet is about; undefined while it is closed. */
export const useShare = defineStore('share', () => {
  const item = shallowRef<ShareItem>()
  return { item, open: (what: ShareItem) => { item.value = what }, close: () => { item.value = undefined } }
})
