/** Under this many the number may press; above it "only" would be a lie about scarcity. */
export const fewAt = 30
/** Under this many the number stands alone. */
export const lastAt = 10

export type StockWord = 'left' | 'only' | 'last' | 'gone'

/** Which words tell how many are left, wherever stock is told: keys of `common.stock`. */
export function stockWord(left: number): StockWord {
  if (left <= 0) return 'gone'
  if (left < lastAt) return 'last'
  return left < fewAt ? 'only' : 'left'
}
