/** Below this share of what there was, the number may press; above it "only" would be a lie about scarcity. */
export const fewShare = 0.3
/** Under this many the number stands alone. */
export const lastAt = 10

export type StockWord = 'taken' | 'only' | 'last' | 'gone'

/** Which words tell how much is left: keys of `common.stock`. `total` is what there was when it began. */
export function stockWord(left: number, total: number): StockWord {
  if (left <= 0) return 'gone'
  if (left < lastAt) return 'last'
  return left < total * fewShare ? 'only' : 'taken'
}
