export interface ShelfPlace {
  id: string
  number: number
}

export function nextSelection(count: number, at: number, by: number): number {
  return count === 0 ? -1 : Math.min(count - 1, Math.max(0, at + by))
}

/** What a key means: a product to explain, null to stop, undefined for nothing. */
export function explainTarget(shelf: ShelfPlace[], pick: { row: number } | { number: number }, current: string | null): string | null | undefined {
  const place = 'row' in pick ? shelf[pick.row] : shelf.find((p) => p.number === pick.number)
  if (!place) return undefined
  if (place.id !== current) return place.id
  return 'row' in pick ? null : undefined
}
