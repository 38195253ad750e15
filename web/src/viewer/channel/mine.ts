import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import { myChannels } from '@/api/channel'
import type { Channel } from '@/api/types'
import { useSession } from '@/lib/session'

/** The channels this person runs; read once a sign-in, again after opening one. */
export const useMine = defineStore('mine', () => {
  const session = useSession()
  const channels = shallowRef<Channel[]>([])
  let reading: Promise<void> | undefined

  function load(again = false): Promise<void> {
    if (again) reading = undefined
    reading ??= myChannels().then((page) => { channels.value = page.items }).catch((err: unknown) => {
      reading = undefined
      throw err
    })
    return reading
  }
  watch(() => session.me?.user.id, (id) => {
    channels.value = []
    reading = undefined
    // Only whether "my channel" acts show depends on it; the screens that need it load it themselves.
    if (id) void load().catch(() => undefined)
  }, { immediate: true })
  return { channels, load, has: (channelId: string) => channels.value.some((c) => c.id === channelId) }
})
