import { describe, expect, it } from 'vitest'
import { matchOrders, parseWaybills, SHEET_LINES, splitCells } from './waybills'

describe('parseWaybills', () => {
  it('reads commas, tabs, full-width commas and grouped order numbers', () => {
    const sheet = parseWaybills('261120223104,SF,sf1402 8837 2016\n2611 2022 3041\tZTO\t78001234567\n261120223017，韵达，4300123456')
    expect(sheet.problems).toEqual([])
    expect(sheet.rows.map((r) => [r.number, r.carrier, r.trackingNo])).toEqual([
      ['261120223104', 'SF', 'SF140288372016'],
      ['261120223041', 'ZTO', '78001234567'],
      ['261120223017', '韵达', '4300123456'],
    ])
  })

  it('skips a head row, blank lines and the byte order mark, and keeps line numbers of the file', () => {
    const sheet = parseWaybills('\uFEFForder number,carrier,tracking\r\n\r\n261120223104,SF,SF1402\r\n')
    expect(sheet.rows).toEqual([{ line: 3, number: '261120223104', carrier: 'SF', trackingNo: 'SF1402' }])
  })

  it('takes quoted cells and the apostrophe spreadsheets put before long numbers', () => {
    expect(parseWaybills(`"'261120223104","SF, express",'140288372016`).rows[0]).toMatchObject({ number: '261120223104', carrier: 'SF, express', trackingNo: '140288372016' })
    expect(splitCells('"say ""hi""",b')).toEqual(['say "hi"', 'b'])
  })

  it('refuses missing columns, broken numbers, empty carriers and short waybills, each with its line', () => {
    const sheet = parseWaybills('261120223104,SF\n2611-x!,SF,SF14028837\n261120223104,,SF14028837\n261120223104,SF,12')
    expect(sheet.rows).toEqual([])
    expect(sheet.problems.map((p) => [p.line, p.code])).toEqual([[1, 'columns'], [2, 'number'], [3, 'carrier'], [4, 'tracking']])
  })

  it('refuses the same order or the same waybill twice and names the earlier line', () => {
    const sheet = parseWaybills('261120223104,SF,SF14028837\n261120223104,SF,SF99999999\n261120223105,SF,sf14028837')
    expect(sheet.rows).toHaveLength(1)
    expect(sheet.problems).toEqual([
      expect.objectContaining({ line: 2, code: 'order_twice', with: 1 }),
      expect.objectContaining({ line: 3, code: 'tracking_twice', with: 1 }),
    ])
  })

  it('stops at the line limit', () => {
    const text = Array.from({ length: SHEET_LINES + 5 }, (_, i) => `26112022${String(i).padStart(4, '0')},SF,SF${100000 + i}`).join('\n')
    expect(parseWaybills(text).rows).toHaveLength(SHEET_LINES)
  })
})

describe('matchOrders', () => {
  const sheet = parseWaybills('261100000001,SF,SF100001\n261100000002,SF,SF100002\n261100000003,SF,SF100003\n261100000004,SF,SF100004\nbroken')
  const orders = [
    { id: 'o1', number: '261100000001', state: 'paid' },
    { id: 'o2', number: '261100000002', state: 'shipped' },
    { id: 'o3', number: '261100000003', state: 'paid', refund: { state: 'asked' } },
  ]
  it('sends only what can be shipped and says why for each other line', () => {
    const match = matchOrders(sheet, orders)
    expect(match.ready).toEqual([{ orderId: 'o1', number: '261100000001', carrier: 'SF', trackingNo: 'SF100001' }])
    expect(match.problems.map((p) => [p.line, p.code])).toEqual([[2, 'not_to_ship'], [3, 'refund_asked'], [4, 'unknown'], [5, 'columns']])
  })
  it('ships again after a refund was refused', () => {
    expect(matchOrders(parseWaybills('261100000009,SF,SF100009'), [{ id: 'o9', number: '261100000009', state: 'paid', refund: { state: 'refused' } }]).ready).toHaveLength(1)
  })
})
