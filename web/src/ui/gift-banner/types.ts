/** One line of gifts by one person: the same `key` with a higher `count` is the same line going on. */
export interface Gift {
  key: string
  who: string
  avatarUrl?: string
  /** What was given, in the reader's language. */
  name: string
  imageUrl?: string
  /** How many in a row, from 1. */
  count: number
}

/** A banner stands this long after its last gift. */
export const bannerMs = 3000
