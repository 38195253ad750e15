import { describe, expect, it } from 'vitest'
import { gridValues, labelEvery, linePath, nearestSpot, plotSpots } from './plotScale'

describe('gridValues', () => {
  it('ends at or above the peak, in steps people count in', () => {
    expect(gridValues(1693)).toEqual([0, 500, 1000, 1500, 2000])
    expect(gridValues(2000)).toEqual([0, 500, 1000, 1500, 2000])
    expect(gridValues(7)).toEqual([0, 2, 4, 6, 8])
    expect(gridValues(0.3).at(-1)).toBeGreaterThanOrEqual(0.3)
  })
  it('keeps a grid for a flat, empty or broken series', () => {
    for (const max of [0, -5, NaN, Infinity]) expect(gridValues(max)).toEqual([0, 0.25, 0.5, 0.75, 1])
  })
  it('never cuts a peak, whatever its size', () => {
    for (let max = 0.013; max < 1e9; max *= 1.37) {
      const grid = gridValues(max)
      expect(grid.at(-1)).toBeGreaterThanOrEqual(max)
      expect(grid.length).toBeLessThanOrEqual(6)
    }
  })
})

describe('spots', () => {
  it('stand from edge to edge with zero on the floor', () => {
    expect(plotSpots([0, 5, 10], 10, 100, 50)).toEqual([{ x: 0, y: 50 }, { x: 50, y: 25 }, { x: 100, y: 0 }])
    expect(plotSpots([3], 10, 100, 50)).toEqual([{ x: 50, y: 35 }])
    expect(plotSpots([], 10, 100, 50)).toEqual([])
  })
  it('draw a path and answer to the pointer', () => {
    const spots = plotSpots([0, 5, 10], 10, 100, 50)
    expect(linePath(spots)).toBe('M0 50L50 25L100 0')
    expect(nearestSpot(spots, 60)).toBe(1)
    expect(nearestSpot(spots, 900)).toBe(2)
    expect(nearestSpot([], 3)).toBe(-1)
  })
  it('thin out labels that would touch', () => {
    expect(labelEvery(30, 1000, 50)).toBe(2)
    expect(labelEvery(30, 300, 50)).toBe(5)
    expect(labelEvery(1, 0, 50)).toBe(1)
  })
})
