import type { RoomReview } from '@/api/types'
import type { ChartSpan } from '@/ui/chart/types'

export type ReviewPoint = RoomReview['points'][number]

const MINUTE_MS = 60_000
/** Enough times under the axis to find one's way, few enough never to touch. */
const MOST_TICKS = 8
const TICK_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440, 10080]

/** Joins `by` steps to one; the audience of a wide step is the most of its parts, the rest adds up. Wide steps begin on round minutes. */
export function widen(points: ReviewPoint[], stepMs: number, by: number): ReviewPoint[] {
  if (by <= 1) return points
  const wide = stepMs * by
  const out: ReviewPoint[] = []
  for (const p of points) {
    const at = Math.floor(p.at / wide) * wide
    const last = out.at(-1)
    if (!last || last.at !== at) {
      out.push({ ...p, at })
      continue
    }
    last.measured ||= p.measured
    last.peak = Math.max(last.peak, p.peak)
    for (const k of ['enters', 'likes', 'comments', 'follows', 'orders', 'gmvMinor', 'watchMs'] as const) last[k] += p[k]
  }
  return out
}

/** Steps on round times of the clock; the session's first step when none is. */
export function ticksOf(points: { at: number }[], offsetMs: number): number[] {
  const first = points[0]?.at ?? 0
  const spanMin = ((points.at(-1)?.at ?? 0) - first) / MINUTE_MS
  const every = (TICK_MINUTES.find((m) => spanMin / m <= MOST_TICKS) ?? 43_200) * MINUTE_MS
  const round = points.flatMap((p, i) => ((p.at + offsetMs) % every === 0 ? [i] : []))
  return round.length ? round : points.length ? [0] : []
}

/** Stretches and moments of the session as places on the axis. */
export function spansOf(list: { id: string; from: number; to?: number; label: string; title: string; tone?: 'accent' | 'warn' }[], points: { at: number }[], stepMs: number): ChartSpan[] {
  const first = points[0]?.at
  if (first === undefined) return []
  const place = (at: number) => Math.min(points.length, Math.max(0, (at - first) / stepMs))
  return list.map((s) => ({ ...s, from: place(s.from), to: s.to === undefined ? undefined : place(s.to) }))
}

/** Losses of the picture from their marks: lost until back, or until the end. */
export function lossesOf(marks: RoomReview['marks'], until: number): { from: number; to: number }[] {
  const out: { from: number; to: number }[] = []
  let from: number | undefined
  for (const m of marks) {
    if (m.kind === 'lost') from ??= m.at
    else if (m.kind === 'back' && from !== undefined) {
      out.push({ from, to: m.at })
      from = undefined
    }
  }
  if (from !== undefined) out.push({ from, to: Math.max(from, until) })
  return out
}

/** The product spoken of most within a step. */
export function explainedAt(explained: RoomReview['explained'], startedAt: number, from: number, to: number): string | undefined {
  let best: string | undefined
  let most = 0
  for (const e of explained) {
    const ms = Math.min(to, startedAt + e.toMs) - Math.max(from, startedAt + e.fromMs)
    if (ms > most) {
      most = ms
      best = e.productId
    }
  }
  return best
}

export interface FunnelStep {
  id: 'entered' | 'opened' | 'placed' | 'paid'
  value: number
  /** Of the step before, 0 to 1; absent where that was nothing. */
  rate?: number
}

export function funnelOf(r: Pick<RoomReview, 'entered' | 'openers' | 'placed' | 'orders'>): FunnelStep[] {
  const steps = [['entered', r.entered], ['opened', r.openers], ['placed', r.placed], ['paid', r.orders]] as const
  return steps.map(([id, value], i) => {
    const before = steps[i - 1]?.[1]
    return { id, value, rate: before ? value / before : undefined }
  })
}

export type GoodsSort = 'number' | 'explainedMs' | 'opens' | 'orders' | 'amountMinor'

export function sortGoods<G extends RoomReview['products'][number]>(goods: G[], by: GoodsSort): G[] {
  const place = (g: G) => g.number ?? Number.MAX_SAFE_INTEGER
  return [...goods].sort((a, b) => (by === 'number' ? 0 : b[by] - a[by]) || place(a) - place(b))
}
