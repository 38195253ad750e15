import { computed, ref } from 'vue'
import { roomReview } from '@/api/live'
import type { RoomReview } from '@/api/types'
import type { ChartSeries, ChartTrack } from '@/ui/chart/types'
import { useLoad } from '../part/useLoad'
import { useWords } from '../shell/useWords'
import { explainedAt, lossesOf, spansOf, ticksOf, widen } from './review'

/** A session that is still on air goes on counting. */
const EVERY_MS = 30_000
/** The wide view joins this many minutes. */
export const WIDE = 5

/** A session in figures, and its chart. */
export function useReview(id: string) {
  const { t, n, clock, duration } = useWords()
  let over: RoomReview | undefined // a session that has ended is read once
  const load = useLoad<RoomReview>(async () => {
    const now = over ?? await roomReview(id)
    if (now.state === 'ended') over = now
    return now
  }, { everyMs: EVERY_MS })
  const wide = ref(false)
  const r = load.data

  const by = computed(() => (wide.value && r.value?.stepMs === 60_000 ? WIDE : 1))
  const stepMs = computed(() => (r.value?.stepMs ?? 60_000) * by.value)
  const points = computed(() => (r.value ? widen(r.value.points, r.value.stepMs, by.value) : []))
  const measured = computed(() => points.value.some((p) => p.measured))
  const labels = computed(() => points.value.map((p) => clock(p.at)))
  const ticks = computed(() => ticksOf(points.value, -new Date(points.value[0]?.at ?? 0).getTimezoneOffset() * 60_000))
  const series = computed<ChartSeries[]>(() => {
    const orders: ChartSeries = { id: 'orders', name: t('metric.orders'), shape: 'bar', values: points.value.map((p) => p.orders), colour: 'chart-2', side: 'end', tell: (v) => t('review.ordersN', { n: n(v) }) }
    if (!measured.value) return [orders]
    return [{ id: 'online', name: t('metric.online'), shape: 'line', values: points.value.map((p) => (p.measured ? p.peak : null)), colour: 'chart-1', fill: true, tell: n }, orders]
  })
  const peak = computed(() => {
    const at = r.value?.peakAt
    const i = at ? points.value.findIndex((p) => at >= p.at && at < p.at + stepMs.value) : -1
    return i < 0 || !r.value ? undefined : { at: i, text: t('review.peakAt', { time: clock(at as number), n: n(r.value.peak) }) }
  })
  const goods = computed(() => new Map((r.value?.products ?? []).map((p) => [p.productId, p])))
  const nameOf = (productId: string) => {
    const g = goods.value.get(productId)
    return { number: g?.number ? String(g.number) : '·', title: g?.title || t('review.goneGood') }
  }
  const tracks = computed<ChartTrack[]>(() => {
    const v = r.value
    if (!v) return []
    const until = v.endedAt ?? points.value.at(-1)?.at ?? v.startedAt
    const explained = v.explained.map((e, i) => {
      const g = nameOf(e.productId)
      return { id: `e${i}`, from: v.startedAt + e.fromMs, to: v.startedAt + e.toMs, label: g.number, title: t('review.explained', { n: g.number, title: g.title, from: clock(v.startedAt + e.fromMs), time: duration(e.toMs - e.fromMs) }) }
    })
    const pins = v.marks.filter((m) => m.kind === 'pin').map((m, i) => ({ id: `p${i}`, from: m.at, label: m.text ?? '', title: t('review.pinned', { time: clock(m.at), text: m.text ?? '' }) }))
    const lost = lossesOf(v.marks, until).map((l, i) => ({ id: `l${i}`, ...l, label: '!', title: t('review.lostFor', { from: clock(l.from), time: duration(l.to - l.from) }), tone: 'warn' as const }))
    return [
      { id: 'explained', name: t('live.explain'), spans: spansOf(explained, points.value, stepMs.value) },
      ...(pins.length + lost.length ? [{ id: 'marks', name: t('review.events'), spans: spansOf([...pins, ...lost], points.value, stepMs.value) }] : []),
    ]
  })
  function notes(i: number): string[] {
    const v = r.value
    const p = points.value[i]
    if (!v || !p) return []
    const product = explainedAt(v.explained, v.startedAt, p.at, p.at + stepMs.value)
    const g = product && nameOf(product)
    return [
      ...(g ? [t('review.noteExplain', { n: g.number, title: g.title })] : []),
      ...(p.measured && p.enters ? [t('review.noteEnters', { n: n(p.enters) })] : []),
      ...(p.comments ? [t('review.noteComments', { n: n(p.comments) })] : []),
    ]
  }
  const empty = computed(() => (r.value && !measured.value && r.value.orders === 0 ? t('review.noMinutes') : undefined))
  function reload() {
    over = undefined
    return load.reload()
  }
  return { ...load, reload, wide, canWiden: computed(() => (r.value?.points.length ?? 0) > 30 && r.value?.stepMs === 60_000), labels, ticks, series, peak, tracks, notes, empty, stepMs, measured }
}
