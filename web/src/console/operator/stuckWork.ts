import type { StuckKind } from '@/api/types'

/** In the order in which they hurt: money owed to a buyer, then what the numbers miss, then the rest. */
export const stuckKinds = ['refund', 'fact', 'job'] as const satisfies readonly StuckKind[]

/** The kind an address names; the first one when it names none. */
export const kindOf = (state: string | undefined): StuckKind => stuckKinds.find((k) => k === state) ?? stuckKinds[0]

/** The wire says `money.refund`; a dot would be a path in the words. A text that is no code has no key. */
export const wordKey = (group: 'name' | 'fail', code: string) => `stuck.${group}.${/^[a-z_.]+$/.test(code) ? code.replaceAll('.', '_') : '?'}`
