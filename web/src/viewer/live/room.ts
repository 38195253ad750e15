import { inject, provide, type InjectionKey, type Ref, type ShallowRef } from 'vue'
import type { Replay, Room, ShelfRow } from '@/api/types'
import type { StageSource } from './stage'
import type { RoomView } from '@/live/roomReducer'

/** What every part of a room reads; given by the stage, so that parts stay small. */
export interface RoomContext {
  source: StageSource
  room: ShallowRef<Room | undefined>
  view: ShallowRef<RoomView | undefined>
  replay: ShallowRef<Replay | undefined>
  /** The row being explained, joined from shelf and mark. */
  explained: Ref<ShelfRow | undefined>
  /** Neither socket nor HTTP answers, or the device is offline. */
  lost: Ref<boolean>
  mayTalk: Ref<boolean>
  muted: Ref<boolean>
  say(text: string): Promise<boolean>
  cheer(): void
  /** Own cheers not yet counted by the server. */
  myCheers: Ref<number>
  follow(): Promise<void>
  buy(productId: string): void
  share(): void
  openShelf(): void
  openMenu(): void
  minimise(): void
  leave(): void
  /** The next room on air (1) or the one before (-1); live rooms only. */
  neighbour(step: 1 | -1): void
}

const key: InjectionKey<RoomContext> = Symbol('room')
export const provideRoom = (ctx: RoomContext) => provide(key, ctx)
export function useRoom(): RoomContext {
  const ctx = inject(key)
  if (!ctx) throw new Error('a room part stands outside a room')
  return ctx
}
