// What the purchase ticker says, one line at a time.

/** Each line stands this long. */
export const showMs = 2400
/** More than this many waiting become one line: nobody reads four names in two seconds. */
export const mergeAbove = 3

export interface Purchase { key: string; name: string; productId: string; title: string }
/** One line: a single purchase, or `n` of them led by the first name. `same` when all bought one thing. */
export interface TickerLine { key: string; first: Purchase; n: number; same: boolean }

export interface TickerDeps {
  onLine(line: TickerLine | undefined): void
  setTimer(fn: () => void, ms: number): number
  clearTimer(id: number): void
}

export function createTicker(d: TickerDeps) {
  let waiting: Purchase[] = []
  let current: TickerLine | undefined
  let lastKey = ''
  let timer = 0

  function next(): void {
    timer = 0
    const first = waiting[0]
    if (!first) {
      current = undefined
      d.onLine(undefined)
      return
    }
    const taken = waiting.length > mergeAbove ? waiting : [first]
    waiting = waiting.slice(taken.length)
    say({ key: first.key, first, n: taken.length, same: taken.every((p) => p.productId === first.productId) })
    timer = d.setTimer(next, showMs)
  }
  function say(line: TickerLine): void {
    current = line
    d.onLine(line)
  }
  /** Takes the room's list of purchases; those said or taken before are known by their key. */
  function take(all: readonly Purchase[]): void {
    const fresh = all.slice(all.findIndex((p) => p.key === lastKey) + 1)
    const last = fresh.at(-1)
    if (!last) return
    lastKey = last.key
    if (current && current.n > 1) {
      // A merged line counts on while it stands; it keeps its key, so only the number moves.
      const { first } = current
      say({ ...current, n: current.n + fresh.length, same: current.same && fresh.every((p) => p.productId === first.productId) })
      return
    }
    waiting = [...waiting, ...fresh]
    if (!timer) next()
  }
  return { take, stop: () => d.clearTimer(timer) }
}
