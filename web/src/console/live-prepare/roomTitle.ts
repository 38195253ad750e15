/** The rule of the server: 13 Han or 32 Latin characters; a Han character takes 2.5 of 32.5 places. */
export const TITLE_PLACES = 32.5

export function titlePlaces(title: string): number {
  let places = 0
  for (const c of title.trim()) places += /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(c) ? 2.5 : 1
  return places
}

export function titleFits(title: string): boolean {
  const places = titlePlaces(title)
  return places > 0 && places <= TITLE_PLACES
}
