import { computed, ref, shallowRef } from 'vue'
import { storeToRefs } from 'pinia'
import * as channelApi from '@/api/channel'
import * as shopApi from '@/api/shop'
import type { Channel, DemoRole, Shop } from '@/api/types'
import { useSession as useAccount } from '@/lib/session'

// One window works for one channel and one shop at a time; the choice is remembered on this machine.
const channels = shallowRef<Channel[]>([])
const shops = shallowRef<Shop[]>([])
const channelId = ref(remembered('channel'))
const shopId = ref(remembered('shop'))
/** Why the channels and shops are not known; having none and not knowing are two things. */
const missed = shallowRef<unknown>()
let scopesOf = ''

function remembered(kind: string): string {
  try {
    return localStorage.getItem(`hawker.console.${kind}`) ?? ''
  } catch {
    return ''
  }
}

function remember(kind: string, id: string) {
  try {
    localStorage.setItem(`hawker.console.${kind}`, id)
  } catch {
    return // the choice lasts for this visit only
  }
}

/** Channels and shops this person works for; read again after one is made or a role changes. */
async function readScopes(): Promise<void> {
  const [c, s] = await Promise.all([channelApi.myChannels(), shopApi.myShops()])
  channels.value = c.items
  shops.value = s.items
  if (!c.items.some((x) => x.id === channelId.value)) channelId.value = c.items[0]?.id ?? ''
  if (!s.items.some((x) => x.id === shopId.value)) shopId.value = s.items[0]?.id ?? ''
}

/** The signed-in person together with the channel and the shop the console works for. */
export function useSession() {
  const account = useAccount()
  const { me, info, ready } = storeToRefs(account)

  /** Reads the session and its scopes once for each person. */
  async function load(): Promise<void> {
    await account.load()
    const id = me.value?.user.id ?? ''
    if (id === scopesOf) return
    channels.value = []
    shops.value = []
    missed.value = undefined
    try {
      if (id) await readScopes()
    } catch (err) {
      missed.value = err
      throw err
    }
    scopesOf = id
  }

  return {
    me,
    info,
    ready,
    channels,
    shops,
    missed,
    channel: computed(() => channels.value.find((c) => c.id === channelId.value)),
    shop: computed(() => shops.value.find((s) => s.id === shopId.value)),
    load,
    readScopes,
    readMe: account.loadMe,
    async signIn(login: string, password: string) {
      await account.signIn(login, password)
      await load()
    },
    async signUp(name: string, login: string, password: string) {
      await account.signUp(name, login, password)
      await load()
    },
    async demoAs(role: DemoRole) {
      await account.signInAs(role)
      await load()
    },
    async signOut(everywhere = false) {
      await account.signOut(everywhere)
      await load()
    },
    chooseChannel(id: string) {
      channelId.value = id
      remember('channel', id)
      // A channel and the shop bound to it are one business: choosing one brings the other.
      const bound = shops.value.find((s) => s.channelId === id)
      if (bound) shopId.value = bound.id
    },
    chooseShop(id: string) {
      shopId.value = id
      remember('shop', id)
    },
  }
}
