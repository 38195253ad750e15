import { describe, expect, it } from 'vitest'
import type { RoomComment } from '@/api/types'
import { inTab, markMuted, markRemoved, mergeTalk, TALK_LINES, type TalkLine } from './talk'
import { explainTarget, nextSelection } from './shelfPick'

const say = (id: string, at: number, more: Partial<RoomComment> = {}): RoomComment => ({ id, u: `u${id}`, name: id, avatar: '', text: id, at, ...more })

describe('mergeTalk', () => {
  it('orders by time, whatever order lines come in, and takes each once', () => {
    const lines = mergeTalk(mergeTalk([], [say('b', 2)]), [say('c', 3), say('a', 1), say('b', 2)])
    expect(lines.map((l) => l.id)).toEqual(['a', 'b', 'c'])
  })
  it('keeps a removal when a tick repeats the line, and returns the same list when nothing changed', () => {
    const lines = markRemoved(mergeTalk([], [say('a', 1)]), 'a')
    expect(mergeTalk(lines, [say('a', 1)])).toBe(lines)
    expect(mergeTalk(lines, [])).toBe(lines)
  })
  it('takes the server word about removal and mute', () => {
    const lines = mergeTalk([], [{ ...say('a', 1), removed: true, muted: true }])
    expect(lines[0]).toMatchObject({ removed: true, muted: true })
  })
  it('is bounded and drops the oldest', () => {
    const lines = mergeTalk([], Array.from({ length: TALK_LINES + 3 }, (_, i) => say(String(i).padStart(5, '0'), i)))
    expect(lines).toHaveLength(TALK_LINES)
    expect(lines[0]?.at).toBe(3)
  })
})

describe('moderation marks', () => {
  it('mutes every line of the person and takes it back', () => {
    const lines: TalkLine[] = mergeTalk([], [say('a', 1, { u: 'x' }), say('b', 2, { u: 'y' }), say('c', 3, { u: 'x' })])
    expect(markMuted(lines, 'x', true).map((l) => l.muted)).toEqual([true, false, true])
    expect(markMuted(markMuted(lines, 'x', true), 'x', false).some((l) => l.muted)).toBe(false)
  })
  it('leaves removed asks out of the asks', () => {
    const [a] = mergeTalk([], [say('a', 1, { ask: true })])
    expect(inTab(a!, 'asks')).toBe(true)
    expect(inTab({ ...a!, removed: true }, 'asks')).toBe(false)
    expect(inTab(a!, 'orders')).toBe(false)
  })
})

describe('shelf keys', () => {
  const shelf = [{ number: 1, id: 'p1' }, { number: 2, id: 'p2' }, { number: 6, id: 'p6' }]
  it('moves within the shelf and stops at its ends', () => {
    expect(nextSelection(3, 0, 1)).toBe(1)
    expect(nextSelection(3, 2, 1)).toBe(2)
    expect(nextSelection(3, 0, -1)).toBe(0)
    expect(nextSelection(0, 0, 1)).toBe(-1)
  })
  it('explains the picked one, or stops it when it is the current', () => {
    expect(explainTarget(shelf, { row: 1 }, null)).toBe('p2')
    expect(explainTarget(shelf, { row: 1 }, 'p2')).toBeNull()
  })
  it('explains by the number on the tag, not by place, and never stops by number', () => {
    expect(explainTarget(shelf, { number: 6 }, null)).toBe('p6')
    expect(explainTarget(shelf, { number: 6 }, 'p6')).toBeUndefined()
    expect(explainTarget(shelf, { number: 3 }, null)).toBeUndefined()
  })
})
