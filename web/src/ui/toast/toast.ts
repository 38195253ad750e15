import { shallowRef } from 'vue'

export type ToastKind = 'plain' | 'good' | 'bad'
export interface ToastAction { label: string; run: () => void }
export interface ToastItem { id: number; text: string; kind: ToastKind; action?: ToastAction }

/** How long a line stands, in ms; a failure without a time stays until somebody puts it away. */
export interface ToastManners { newsMs: number; failureMs?: number; undoMs: number }

/** A phone is looked at: a line is read twice and gone. */
export const phoneManners: ToastManners = { newsMs: 2600, failureMs: 4500, undoMs: 8000 }
/** At a desk the eye is elsewhere: a success waits 4 s, a failure as long as it takes. */
export const deskManners: ToastManners = { newsMs: 4000, undoMs: 8000 }

/** News older than the last few has been overtaken; the queue stays short. */
const waitingLimit = 3

/** One line at a time, the next waits; the same words do not queue twice. */
export function makeToasts(manners: ToastManners, timers: Pick<Window, 'setTimeout' | 'clearTimeout'> = window) {
  const current = shallowRef<ToastItem>()
  let ways = manners
  let waiting: ToastItem[] = []
  let timer = 0
  let lastId = 0

  const standsMs = (item: ToastItem) => (item.kind === 'bad' ? ways.failureMs : item.action ? ways.undoMs : ways.newsMs)

  function next(): void {
    timers.clearTimeout(timer)
    const item = waiting.shift()
    current.value = item
    const ms = item && standsMs(item)
    if (ms !== undefined) timer = timers.setTimeout(next, ms)
  }
  function show(text: string, kind: ToastKind = 'plain', action?: ToastAction): void {
    if (current.value?.text === text || waiting.some((w) => w.text === text)) return
    waiting = [...waiting.slice(1 - waitingLimit), { id: ++lastId, text, kind, action }]
    if (!current.value) next()
  }
  return { current, show, dismiss: next, behave: (m: ToastManners) => { ways = m } }
}

const toasts = makeToasts(phoneManners)

export const { current, show: toast, dismiss: dismissToast, behave: setToastManners } = toasts
