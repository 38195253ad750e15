/** open: may be reserved · reserved: by this reader · live: on air now · over: nothing to do any more. */
export type NoticeFace = 'open' | 'reserved' | 'live' | 'over'

/** What the card of an announced live shows. How many reserved is not among it: that is the host's alone. */
export interface ShownNotice {
  title: string
  coverUrl: string
  face: NoticeFace
}
/** Words in the reader's language; `when` already holds the moment, `note` what follows it. */
export interface NoticeWords { head: string; when: string; note?: string; reserve: string; reserved: string; takeBack: string; enter: string }
