import { ref } from 'vue'
import type { Order, Page } from '@/api/types'
import { useErrorText } from '@/lib/problem'
import { csvMoney, saveFile, toCsv } from '@/ui/table/csv'
import { useToast } from '../part/useToast'
import { useWords } from '../shell/useWords'

/** A file holds at most this many pages of orders; a longer history is exported state by state. */
const PAGES = 40

/** The list as it is filtered, as a spreadsheet; the first three columns are what bulk shipping reads back. */
export function useOrderCsv(read: (cursor?: string) => Promise<Page<Order>>) {
  const { t, stamp } = useWords()
  const toast = useToast()
  const errorText = useErrorText()
  const busy = ref(false)

  async function save() {
    busy.value = true
    try {
      const rows: Order[] = []
      let cursor: string | undefined
      for (let i = 0; i < PAGES; i++) {
        const page = await read(cursor)
        rows.push(...page.items)
        cursor = page.next
        if (!cursor) break
      }
      const head = ['number', 'carrier', 'tracking', 'state', 'paid', 'goods', 'quantity', 'total', 'name', 'phone', 'address', 'note'].map((k) => t(`orders.csv.${k}`))
      saveFile('orders.csv', toCsv(head, rows.map((o) => [
        o.number, o.shipment?.carrier, o.shipment?.trackingNo, t(`orderState.${o.state}`), stamp(o.paidAt ?? o.createdAt), o.lines.map((l) => [l.title, l.label].filter(Boolean).join(' ')).join('; '),
        o.lines.reduce((s, l) => s + l.quantity, 0), csvMoney(o.totalMinor), o.address.name, o.address.phone, `${o.address.region} ${o.address.detail}`, o.note,
      ])))
    } catch (e) {
      toast.failed(errorText(e))
    } finally {
      busy.value = false
    }
  }
  return { busy, save }
}
