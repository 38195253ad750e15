import { describe, expect, it } from 'vitest'
import { masonry, tileGap, tileHeight } from './masonry'

const room = (title: string, product = false, state: 'live' | 'ended' = 'live') => ({ title, state, product: product ? ({} as never) : undefined })
const sum = (tiles: { height: number }[]) => tiles.reduce((n, t) => n + t.height + tileGap, 0)

describe('the height of a tile', () => {
  it('follows its content, between 248 and 298', () => {
    expect(tileHeight(room('短'))).toBe(248)
    expect(tileHeight(room('短', true))).toBe(278)
    expect(tileHeight(room('一个要两行才写得下的直播标题', true))).toBe(298)
    expect(tileHeight(room('A short live'))).toBe(248)
    expect(tileHeight(room('短', true, 'ended'))).toBe(248)
  })
})

describe('the columns', () => {
  it('keep the order from the top and put each tile where there is room', () => {
    const [a, b] = masonry([300, 250, 250, 300], 2, (h) => h, { finished: false })
    expect(a?.tiles.map((t) => t.item)).toEqual([300, 300])
    expect(b?.tiles.map((t) => t.item)).toEqual([250, 250])
  })
  it('end in one line when little is left', () => {
    const [a, b] = masonry([298, 248, 248, 248], 2, (h) => h)
    expect(sum(a?.tiles ?? [])).toBe(sum(b?.tiles ?? []))
    expect([a?.rest, b?.rest]).toEqual([0, 0])
  })
  it('report an empty cell after an odd count', () => {
    const columns = masonry([248, 248, 248], 2, (h) => h)
    expect(columns.map((c) => c.rest)).toEqual([0, 248])
  })
  it('leave no hole for one room, and nothing to fill for none', () => {
    expect(masonry([260], 2, (h) => h).map((c) => c.rest)).toEqual([0, 260])
    expect(masonry([], 2, () => 1).map((c) => c.rest)).toEqual([0, 0])
  })
  it('stay ragged while more is to come', () => {
    expect(masonry([248, 248, 248], 2, (h) => h, { finished: false }).map((c) => c.rest)).toEqual([0, 0])
  })
})
