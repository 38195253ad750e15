import { describe, expect, it } from 'vitest'
import { activeEntry, visibleMenu } from './menu'
import { openGroups } from './useFolds'

describe('menu', () => {
  it('shows only what the person may do', () => {
    const ids = (r: Parameters<typeof visibleMenu>[0], sandbox = true) => visibleMenu(r, sandbox).flatMap((g) => g.entries.map((e) => e.id))
    expect(ids({ channel: false, shop: false, operator: false })).toEqual(['home'])
    expect(ids({ channel: false, shop: true, operator: false })).not.toContain('overview')
    expect(ids({ channel: false, shop: false, operator: true }, false)).not.toContain('sandbox')
  })
  it('lights the longest address', () => {
    const groups = visibleMenu({ channel: true, shop: true, operator: true }, true)
    expect(activeEntry(groups, '/console/live/new')).toBe('prepare')
    expect(activeEntry(groups, '/console/live/room_1/summary')).toBe('sessions')
    expect(activeEntry(groups, '/console/shop')).toBe('sales')
    expect(activeEntry(groups, '/console/shop/products/new')).toBe('products')
    expect(activeEntry(groups, '/console/settings/team')).toBeUndefined()
  })
  it('folds what is opened least when the window is low, and never where one is', () => {
    const groups = visibleMenu({ channel: true, shop: true, operator: true }, true)
    const open = (height: number, at?: string, byHand = {}) => [...openGroups(groups, height, at, byHand)].join()
    expect(open(0, 'operator')).toBe('top,live,content,shop,operator')
    expect(open(720, 'operator')).toBe('top,live,content,shop,operator')
    expect(open(600, 'operator')).toBe('top,shop,operator')
    expect(open(640, 'content')).toBe('top,content,shop,operator')
    expect(open(200, 'shop')).toBe('top,shop')
    expect(open(720, 'operator', { shop: false })).toBe('top,live,content,operator')
    expect(open(640, 'operator', { content: true })).toBe('top,content,shop,operator')
  })
})
