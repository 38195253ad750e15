/** Under this many the number may press; above it "only" would be a lie about scarcity. */
const fewAt = 30
/** Under this many the number stands alone. */
const lastAt = 10

/** Which words tell how many are left: keys of `viewer.stock`. */
export function stockKey(left: number): 'gone' | 'last' | 'only' | 'left' {
  if (left <= 0) return 'gone'
  if (left < lastAt) return 'last'
  return left < fewAt ? 'only' : 'left'
}
