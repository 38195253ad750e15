import { effectScope, ref, type Ref } from 'vue'
import { publishToken } from '@/api/live'
import { browserWhip, useWhip } from './useWhip'

/** The door of the server; the publish token decides which channel speaks. */
const WHIP_URL = '/api/v1/media/whip'

export interface Studio {
  whip: ReturnType<typeof useWhip>
  mirror: Ref<boolean>
  videoId: Ref<string>
  audioId: Ref<string>
  portrait: Ref<boolean>
}

// The camera outlives a page: the host walks from preparing to the live console and to orders while on air.
const scope = effectScope(true)
const studios = new Map<string, Studio>()

/** This window's camera for a channel; the same one on every page. */
export function useStudio(channelId: string): Studio {
  const known = studios.get(channelId)
  if (known) return known
  const made = scope.run(() => ({
    whip: useWhip({ ...browserWhip(), token: async () => ({ token: (await publishToken(channelId)).token, url: WHIP_URL }) }),
    mirror: ref(true),
    videoId: ref(''),
    audioId: ref(''),
    portrait: ref(true),
  }))
  if (!made) throw new Error('studio scope is closed')
  studios.set(channelId, made)
  return made
}
