import { describe, expect, it } from 'vitest'
import { neighbour } from './useNeighbours'

describe('neighbour', () => {
  it('goes on and back, round the ends', () => {
    const ids = ['a', 'b', 'c']
    expect(neighbour(ids, 'a', 1)).toBe('b')
    expect(neighbour(ids, 'c', 1)).toBe('a')
    expect(neighbour(ids, 'a', -1)).toBe('c')
  })
  it('has nowhere to go from the only room', () => {
    expect(neighbour(['a'], 'a', 1)).toBeUndefined()
    expect(neighbour([], 'a', -1)).toBeUndefined()
  })
  it('leaves a room that is no longer listed', () => {
    expect(neighbour(['b', 'c'], 'a', 1)).toBe('b')
    expect(neighbour(['b', 'c'], 'a', -1)).toBe('c')
  })
})
