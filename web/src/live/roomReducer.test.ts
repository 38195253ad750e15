import { describe, expect, it } from 'vitest'
import type { Keyframe, RoomComment, StateEvent, Tick } from '@/api/types'
import { addTalk, applyTick, fromKeyframe, isMuted, talkLimit } from './roomReducer'

const line = (id: string): RoomComment => ({ id, u: 'usr_1', name: '茶茶', avatar: '', text: id, at: 1 })
const row = { productId: 'prd_1', number: 3, title: '碗', imageUrl: '', priceMinor: 4900, left: 5, sold: 1 }
const key = (over: Partial<Keyframe> = {}): Keyframe => ({
  v: 1, key: true, room: 'room_1', e: 1, n: 10, at: 1000, p: 250, next: 1250, j: 100, o: 7, lt: 40, state: 'live',
  explain: null, shelf: [row], pin: null, comments: [line('a')], versions: { explain: 2 }, ...over,
})
const tick = (n: number, over: Partial<Tick> = {}): Tick => ({
  v: 1, room: 'room_1', e: 1, n, at: 1000 + n, p: 250, next: 1250 + n, j: 100, o: 8, lt: 41, ...over,
})
const states = (...s: StateEvent[]) => tick(11, { s })

describe('applyTick', () => {
  it('applies only the next number of the same epoch', () => {
    const view = fromKeyframe(key())
    expect(applyTick(view, tick(10))).toBe(view)
    expect(applyTick(view, tick(12))).toBe(view)
    expect(applyTick(view, tick(11, { e: 2 }))).toBe(view)
    expect(applyTick(view, tick(11))).toMatchObject({ n: 11, online: 8, likes: 41 })
  })
  it('ignores a state older than the one it knows', () => {
    const view = fromKeyframe(key({ explain: 'prd_9' }))
    const old = applyTick(view, states({ t: 'explain', v: 2, productId: 'prd_1', at: 5 }))
    expect(old.explain).toBe('prd_9')
    const fresh = applyTick(view, states({ t: 'explain', v: 3, productId: 'prd_1', at: 5 }))
    expect(fresh).toMatchObject({ explain: 'prd_1', explainAt: 5 })
  })
  it('shows a product that went off the shelf as nothing left', () => {
    const got = applyTick(fromKeyframe(key()), states({ t: 'product', v: 1, productId: 'prd_1', priceMinor: 3900, left: 5, sold: 2, state: 'off' }))
    expect(got.shelf[0]).toMatchObject({ priceMinor: 3900, left: 0, sold: 2 })
  })
  it('removes a line from talk and from the pin', () => {
    const view = fromKeyframe(key({ pin: line('a') }))
    const got = applyTick(view, states({ t: 'remove', v: 1, commentId: 'a' }))
    expect(got.talk).toEqual([])
    expect(got.pin).toBeNull()
  })
  it('never lets the cheers fall and counts what was folded away', () => {
    const got = applyTick(fromKeyframe(key()), tick(11, { lt: 12, l: 3, c: [line('b')], k: 9 }))
    expect(got).toMatchObject({ likes: 40, burst: 3, folded: 8 })
  })
  it('does not touch the view it was given', () => {
    const view = Object.freeze(fromKeyframe(key()))
    applyTick(view, tick(11, { c: [line('b')], s: [{ t: 'room', v: 1, state: 'ended' }], b: [{ name: 'x', productId: 'p', title: 't', qty: 1 }] }))
    expect(view.talk).toHaveLength(1)
    expect(view.state).toBe('live')
  })
})

describe('talk', () => {
  it('shows an echoed line once', () => {
    expect(addTalk([line('a')], [line('a'), line('b')]).map((c) => c.id)).toEqual(['a', 'b'])
  })
  it('stays bounded', () => {
    const many = Array.from({ length: talkLimit + 40 }, (_, i) => line(`c${i}`))
    expect(addTalk([], many)).toHaveLength(talkLimit)
  })
})

describe('mutes', () => {
  it('hold until their time and can be lifted', () => {
    const muted = applyTick(fromKeyframe(key()), states({ t: 'mute', v: 1, userId: 'u', until: 5000 }))
    expect(isMuted(muted, 'u', 4999)).toBe(true)
    expect(isMuted(muted, 'u', 5000)).toBe(false)
    expect(isMuted(muted, undefined, 0)).toBe(false)
    const lifted = applyTick(muted, tick(12, { s: [{ t: 'mute', v: 2, userId: 'u', until: 0 }] }))
    expect(isMuted(lifted, 'u', 1)).toBe(false)
  })
})
