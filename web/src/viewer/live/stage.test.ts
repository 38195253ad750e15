import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { useStage } from './stage'

beforeEach(() => setActivePinia(createPinia()))

describe('the stage', () => {
  it('ends when the room is left', () => {
    const stage = useStage()
    stage.show({ kind: 'live', id: 'a' })
    stage.left({ kind: 'live', id: 'a' })
    expect(stage.source).toBeUndefined()
  })
  it('survives navigation while minimised, and comes back full', () => {
    const stage = useStage()
    const room = { kind: 'live', id: 'a' } as const
    stage.show(room)
    stage.minimise()
    stage.left(room)
    expect(stage.source).toEqual(room)
    stage.show(room)
    expect(stage.mini).toBe(false)
  })
  it('knows which way a neighbour comes in, for that one change', () => {
    const stage = useStage()
    stage.show({ kind: 'live', id: 'a' })
    stage.turn(1)
    stage.show({ kind: 'live', id: 'b' })
    expect(stage.way).toBe(1)
    stage.show({ kind: 'live', id: 'c' })
    expect(stage.way).toBe(0)
  })
  it('goes along to goods and orders by itself, elsewhere only when wished', () => {
    const stage = useStage()
    const room = { kind: 'live', id: 'a' } as const
    stage.keepSmall = false
    const goTo = (name: string) => {
      stage.show(room)
      stage.alive = true
      stage.leaving(name)
      stage.left(room)
      return stage.source !== undefined && stage.mini
    }
    expect(['product', 'shop', 'order', 'orders', 'channel'].map(goTo)).toEqual([true, true, true, true, true])
    expect(goTo('feed')).toBe(false)
    stage.keepSmall = true
    expect(goTo('feed')).toBe(true)
    stage.keepSmall = false
  })
  it('does not carry an ended room along, nor the one before a neighbour', () => {
    const stage = useStage()
    stage.show({ kind: 'live', id: 'a' })
    stage.leaving('product')
    expect(stage.mini).toBe(false)
    stage.alive = true
    stage.leaving('room')
    expect(stage.mini).toBe(false)
    stage.show({ kind: 'live', id: 'b' })
    expect(stage.alive).toBe(false)
  })
  it('keeps a replay that was opened from its own ended room', () => {
    const stage = useStage()
    stage.show({ kind: 'live', id: 'a' })
    stage.show({ kind: 'replay', id: 'a' })
    stage.left({ kind: 'live', id: 'a' })
    expect(stage.source).toEqual({ kind: 'replay', id: 'a' })
  })
})
