import { shallowRef } from 'vue'

export interface Toast {
  id: number
  text: string
  kind: 'good' | 'bad'
  action?: { label: string; run: () => void }
}

/** Design notes: success 4 s, with undo 8 s; a failure stays until it is dismissed. */
const GOOD_MS = 4000
const UNDO_MS = 8000
/** News older than the last few has been overtaken; the queue stays short. */
const WAITING = 3

/** One toast at a time, the next waits. A failure that stands gives way to nothing but a dismissal. */
export function makeToasts(timers: Pick<Window, 'setTimeout' | 'clearTimeout'>) {
  const current = shallowRef<Toast>()
  let waiting: Toast[] = []
  let timer = 0
  let lastId = 0

  function next() {
    timers.clearTimeout(timer)
    const item = waiting.shift()
    current.value = item
    if (item && item.kind === 'good') timer = timers.setTimeout(next, item.action ? UNDO_MS : GOOD_MS)
  }
  function show(text: string, kind: Toast['kind'], action?: Toast['action']) {
    if (current.value?.text === text || waiting.some((w) => w.text === text)) return
    waiting = [...waiting.slice(1 - WAITING), { id: ++lastId, text, kind, action }]
    if (!current.value) next()
  }
  return { current, show, dismiss: next }
}

/** The window's own queue. */
export const toasts = makeToasts(window)
