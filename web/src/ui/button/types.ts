/** What kind of act it is: accent calls (buy, live, follow), primary decides, quiet stands aside. */
export type ButtonKind = 'accent' | 'primary' | 'plain' | 'quiet' | 'gold' | 'danger' | 'text'

/** Heights come from the application: 44/52/36 under a thumb, 32/40/26 at a desk. */
export type ButtonSize = 'small' | 'normal' | 'hero'
