/** What the card of the product being explained shows; prices in fen. */
export interface ShownProduct {
  /** Its number on the shelf. */
  number: number
  title: string
  imageUrl: string
  priceMinor: number
  listPriceMinor?: number
  left: number
  sold: number
}
/** Words in the reader's language. */
export interface ProductCardWords { head: string; hide: string; buy: string }
