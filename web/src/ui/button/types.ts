/**
 * What kind of act it is: accent calls (buy, live, follow), primary decides, quiet stands aside.
 * Text has no ground of its own; at the end of a desk's row a verb is the one thing to do, stop takes away.
 */
export type ButtonKind = 'accent' | 'primary' | 'plain' | 'quiet' | 'gold' | 'danger' | 'text' | 'verb' | 'stop'

/** Heights come from the application: 44/52/36 under a thumb, 32/40/26 at a desk. */
export type ButtonSize = 'small' | 'normal' | 'hero'
