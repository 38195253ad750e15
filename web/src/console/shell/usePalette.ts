import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { useRouter } from 'vue-router'
import { channelRooms } from '@/api/live'
import { team } from '@/api/identity'
import { users } from '@/api/moderation'
import { managedProducts, shopOrders } from '@/api/shop'
import { PALETTE_ROWS, pickRows, readQuery, type PaletteRow } from '@/ui/command-palette/palette'
import { pageCommands } from './pageCommands'
import { useDesk } from './useDesk'
import { useLook } from './useLook'
import { useRights } from './useRights'
import { useSession } from './useSession'
import { useWords } from './useWords'

/** Typing pauses this long before the server is asked for things. */
const PAUSE_MS = 180
const THINGS = 4

/** Rows of the palette for what is typed: commands and places at once, things from the server after a pause. */
export function usePalette(text: Ref<string>) {
  const router = useRouter()
  const { t, money, orderNumber } = useWords()
  const { groups, rights } = useRights()
  const { channel, shop, signOut } = useSession()
  const { paletteOpen } = useDesk()
  const look = useLook()
  const things = shallowRef<PaletteRow[]>([])
  const searching = ref(false)
  const go = (to: string) => () => void router.push(to)

  const commands = computed<PaletteRow[]>(() => {
    const rows: PaletteRow[] = []
    const add = (id: string, icon: string, run: () => void) => rows.push({ id, kind: 'do', label: t(`palette.do.${id}`), note: t(`palette.note.${id}`), also: t(`palette.also.${id}`), icon, run })
    if (rights.value.channel) {
      add('live', 'broadcast', go('/console/live/new'))
      add('publish', 'upload', go('/console/content/publish'))
    } else add('channel', 'plus', go('/console/settings/channel/new'))
    if (rights.value.shop) {
      add('product', 'bag', go('/console/shop/products/new'))
      add('ship', 'truck', go('/console/shop/orders?state=paid&bulk=1'))
    } else add('shop', 'store', go('/console/shop/open'))
    if (rights.value.operator) add('audit', 'receipt', go('/console/operator/ledger'))
    add('theme', 'moon', () => look.toggleTheme())
    add('locale', 'globe', () => void look.toggleLocale())
    add('out', 'logout', () => void signOut().then(() => router.push('/console/sign-in')))
    return rows
  })

  const places = computed<PaletteRow[]>(() => [
    ...groups.value.flatMap((g) => g.entries.map((e) => ({ id: `go-${e.id}`, kind: 'go' as const, label: t(`menu.${e.id}`), also: e.id, icon: e.icon, chord: e.go ? `G ${e.go}` : undefined, to: e.to, run: go(e.to) }))),
    { id: 'go-settings', kind: 'go', label: t('menu.settings'), also: 'settings', icon: 'settings', chord: 'G S', run: go('/console/settings') },
    { id: 'go-team', kind: 'go', label: t('settings.team'), also: 'team members', icon: 'people', run: go('/console/settings/team') },
  ])

  // The operator finds every account; everybody else the people of the own channel or shop.
  async function people(query: string): Promise<PaletteRow[]> {
    if (rights.value.operator) {
      const got = await users(query || undefined)
      return got.items.slice(0, PALETTE_ROWS).map((u) => ({ id: u.id, kind: 'thing' as const, person: true, label: u.name, note: u.login, icon: 'person', imageUrl: u.avatarUrl || undefined, run: go(`/console/operator/users?q=${encodeURIComponent(u.login)}`) }))
    }
    const own = channel.value ? (['channel', channel.value.id] as const) : shop.value ? (['shop', shop.value.id] as const) : undefined
    if (!own) return []
    const got = await team(own[0], own[1])
    return got.items.filter((m) => m.user.name.toLowerCase().includes(query.toLowerCase())).map((m) => ({ id: m.user.id, kind: 'thing' as const, person: true, label: m.user.name, note: t(`role.${m.role}`), icon: 'person', imageUrl: m.user.avatarUrl || undefined, run: go('/console/settings/team') }))
  }

  async function find(query: string): Promise<PaletteRow[]> {
    const found: PaletteRow[] = []
    const s = shop.value
    if (s) {
      const [products, orders] = await Promise.all([managedProducts(s.id, { query, limit: THINGS }), shopOrders(s.id, { query, limit: THINGS })])
      for (const p of products.items.slice(0, THINGS)) found.push({ id: p.id, kind: 'thing', label: p.title, note: `${money(p.priceMinor)} · ${t('palette.left', { n: p.left })}`, icon: 'bag', imageUrl: p.imageUrl || undefined, run: go(`/console/shop/products/${p.id}`) })
      for (const o of orders.items.slice(0, THINGS)) found.push({ id: o.id, kind: 'thing', label: orderNumber(o.number), note: `${o.lines[0]?.title ?? ''} · ${o.buyer.name} · ${money(o.totalMinor)} · ${t(`orderState.${o.state}`)}`, also: o.number, icon: 'parcel', imageUrl: o.lines[0]?.imageUrl, run: go(`/console/shop/orders?order=${o.id}`) })
    }
    if (channel.value) {
      const rooms = await channelRooms(channel.value.id)
      const hits = rooms.items.filter((r) => r.title.toLowerCase().includes(query.toLowerCase())).slice(0, THINGS)
      for (const r of hits) found.push({ id: r.id, kind: 'thing', label: r.title, note: t(`roomState.${r.state}`), icon: 'broadcast', imageUrl: r.coverUrl || undefined, run: go(r.state === 'ended' ? `/console/live/${r.id}/summary` : `/console/live/${r.id}`) })
    }
    return found
  }

  let turn = 0
  watch([text, paletteOpen], () => {
    const mine = ++turn
    const query = readQuery(text.value)
    searching.value = false
    if (!paletteOpen.value || query.scope === 'do' || (query.text.length < 1 && query.scope !== 'people')) {
      things.value = []
      return
    }
    searching.value = true
    setTimeout(() => {
      if (mine !== turn) return
      const asked = query.scope === 'people' ? people(query.text) : find(query.text)
      asked
        .then((rows) => mine === turn && (things.value = rows))
        .catch(() => mine === turn && (things.value = []))
        .finally(() => mine === turn && (searching.value = false))
    }, PAUSE_MS)
  })

  return { searching, rows: computed(() => pickRows([...pageCommands(), ...commands.value, ...places.value, ...things.value], readQuery(text.value))) }
}
