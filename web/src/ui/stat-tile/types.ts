/** `up` and `down` are changes against a base and carry a triangle; `warn` and `bad` are states and do not. */
export type TileTone = 'warn' | 'bad' | 'up' | 'down'
