import { computed, ref, shallowRef } from 'vue'
import { keepIntent } from '@/api/intent'
import { editNotice, notice as readNotice, postNotice } from '@/api/notice'
import type { DeskNotice, LiveNotice, ProductCard } from '@/api/types'
import { serverNow } from '@/lib/clock'
import { useErrorText } from '@/lib/problem'
import { titleFits } from '../live-prepare/roomTitle'
import { fromField, timeFits, toField, usualTime } from './startTime'

/** What a notice holds while it is written: a new one, or one read for a change. */
export function useNoticeForm(channelId: () => string, id?: string) {
  const errorText = useErrorText()
  const was = shallowRef<LiveNotice>()
  const error = shallowRef<unknown>()
  const title = ref('')
  const at = ref(toField(usualTime(serverNow())))
  const coverId = ref('')
  const products = ref<ProductCard[]>([])
  const busy = ref(false)
  const fault = ref('')
  const saved = ref(false)
  const intent = keepIntent()

  const startsAt = computed(() => fromField(at.value))
  /** An old time that stays needs no check: it may be minutes away. */
  const timeKept = computed(() => was.value !== undefined && at.value === toField(was.value.startsAt))
  const timeOk = computed(() => timeKept.value || timeFits(startsAt.value, serverNow()))
  const ready = computed(() => titleFits(title.value) && timeOk.value)
  const ids = computed(() => products.value.map((p) => p.id))
  const dirty = computed(() => {
    if (saved.value) return false
    const w = was.value
    if (!w) return title.value.trim() !== '' || coverId.value !== '' || products.value.length > 0
    return title.value.trim() !== w.title || !timeKept.value || coverId.value !== '' || ids.value.join() !== w.products.map((p) => p.id).join()
  })

  async function load() {
    if (!id) return
    error.value = undefined
    try {
      const n = await readNotice(id)
      was.value = n
      title.value = n.title
      at.value = toField(n.startsAt)
      products.value = n.products
    } catch (e) {
      error.value = e
    }
  }
  async function save(): Promise<DeskNotice | undefined> {
    if (!ready.value || busy.value) return undefined
    busy.value = true
    fault.value = ''
    const input = { title: title.value.trim(), coverAssetId: coverId.value || undefined, startsAt: timeKept.value && was.value ? was.value.startsAt : startsAt.value, productIds: ids.value }
    try {
      const n = id ? await editNotice(id, input) : await intent(input, (wish, key) => postNotice(channelId(), wish, key))
      saved.value = true
      return n
    } catch (e) {
      fault.value = errorText(e)
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { was, error, title, at, coverId, products, startsAt, timeKept, timeOk, ready, dirty, busy, fault, load, save }
}
