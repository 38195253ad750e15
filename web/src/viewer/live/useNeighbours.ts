import { ref } from 'vue'
import { useRouter } from 'vue-router'
import { rooms } from '@/api/live'
import type { RoomCard } from '@/api/types'
import { useTry } from '@/lib/problem'
import { useStage, type StageSource } from './stage'

/** The id `step` places on, round the ends; undefined when there is no other room. */
export function neighbour(ids: readonly string[], here: string, step: 1 | -1): string | undefined {
  const others = ids.filter((id) => id !== here)
  if (!others.length) return undefined
  const at = ids.indexOf(here)
  // A room that has just ended is in no list: the next one is the first, the one before the last.
  if (at < 0) return step > 0 ? others[0] : others.at(-1)
  return ids[(at + step + ids.length) % ids.length]
}

/** Going up and down between rooms on air, in the order of the live square. */
export function useNeighbours(source: StageSource, onNone: () => void) {
  const router = useRouter()
  const stage = useStage()
  const attempt = useTry()
  const moving = ref(false)

  async function go(step: 1 | -1) {
    if (moving.value || source.kind !== 'live') return
    moving.value = true
    const page = await attempt(() => rooms('live'))
    moving.value = false
    if (!page) return
    const to = neighbour(page.items.map((r: RoomCard) => r.id), source.id, step)
    if (!to) {
      onNone()
      return
    }
    stage.turn(step)
    void router.replace(`/live/${to}?from=feed`)
  }
  return { go, moving }
}
