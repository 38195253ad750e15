import { expect, it } from 'vitest'
import { nearestTile } from './useCentredTile'

it('takes the tile nearest to the middle, of those in view', () => {
  const tiles = [{ id: 'above', top: -300, bottom: -10 }, { id: 'high', top: 60, bottom: 320 }, { id: 'mid', top: 330, bottom: 600 }, { id: 'low', top: 610, bottom: 900 }]
  expect(nearestTile(tiles, 844)).toBe('mid')
  expect(nearestTile(tiles.slice(0, 1), 844)).toBeUndefined()
})
