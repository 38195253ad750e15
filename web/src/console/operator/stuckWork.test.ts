import { describe, expect, it } from 'vitest'
import { kindOf, wordKey } from './stuckWork'
import { subjectWords } from './subject'

describe('stuck work', () => {
  it('begins with refunds, and with them when the address names no kind', () => {
    expect(['job', 'fact', 'refund', undefined, 'letter'].map(kindOf)).toEqual(['job', 'fact', 'refund', 'refund', 'refund'])
  })
  it('looks words up for codes only: a text with a stop in it is no path', () => {
    expect(wordKey('name', 'shop.ship_run')).toBe('stuck.name.shop_ship_run')
    expect(wordKey('fail', 'Post "https://bank": refused')).toBe('stuck.fail.?')
  })
  it('stands in the log under its id, or as all of its kind', () => {
    const words = { gone: 'gone', all: 'all' }
    expect(subjectWords({ subjectKind: 'fact', subjectId: 'live.sales:evt_1' }, words)).toBe('live.sales:evt_1')
    expect(subjectWords({ subjectKind: 'refund', subjectId: 'all' }, words)).toBe('all')
    expect(subjectWords({ subjectKind: 'post', subjectId: 'pst_1' }, words)).toBe('gone')
    expect(subjectWords({ subjectKind: 'post', subjectId: 'pst_1', subjectName: 'Tea' }, words)).toBe('Tea')
  })
})
