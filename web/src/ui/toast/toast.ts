import { shallowRef } from 'vue'

export type ToastKind = 'plain' | 'good' | 'bad'
export interface ToastItem { id: number; text: string; kind: ToastKind; action?: { label: string; run: () => void } }

/** Long enough to read twice; a failure stays longer, an undo longest. */
const showMs = { plain: 2600, good: 2600, bad: 4500 } as const
const undoMs = 8000
const queueLimit = 3

export const current = shallowRef<ToastItem>()
let waiting: ToastItem[] = []
let timer = 0
let lastId = 0

function next() {
  window.clearTimeout(timer)
  const item = waiting.shift()
  current.value = item
  if (item) timer = window.setTimeout(next, item.action ? undoMs : showMs[item.kind])
}

/** Shows one line. At most one stands at a time; the same text does not queue twice. */
export function toast(text: string, kind: ToastKind = 'plain', action?: ToastItem['action']): void {
  if (current.value?.text === text || waiting.some((w) => w.text === text)) return
  waiting = [...waiting.slice(1 - queueLimit), { id: ++lastId, text, kind, action }]
  if (!current.value) next()
}

export const dismissToast = next
