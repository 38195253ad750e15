import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

/** What is passed on: the link, and what its poster shows. */
export interface ShareItem {
  title: string
  path: string
  /** Picture of the poster; without it the awning alone. */
  cover?: string
  /** Who it is from: a channel, a shop. */
  by?: string
  /** Printed on the price tag of the poster. */
  priceMinor?: number
  onShared?: () => void
}

/** What the share sheet is about; undefined while it is closed. */
export const useShare = defineStore('share', () => {
  const item = shallowRef<ShareItem>()
  return { item, open: (what: ShareItem) => { item.value = what }, close: () => { item.value = undefined } }
})
