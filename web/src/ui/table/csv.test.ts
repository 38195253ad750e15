import { describe, expect, it } from 'vitest'
import { csvMoney, toCsv } from './csv'

describe('toCsv', () => {
  it('quotes what needs it and ends lines as RFC 4180 asks', () => {
    expect(toCsv(['a', 'b'], [['x,"y"', 2], [undefined, 'line\nbreak']])).toBe('\uFEFFa,b\r\n"x,""y""",2\r\n,"line\nbreak"\r\n')
  })
  it('keeps text from becoming a formula and leaves numbers alone', () => {
    expect(toCsv(['n'], [['=HYPERLINK(1)'], ['+86'], ['@x'], [-5]])).toBe("\uFEFFn\r\n'=HYPERLINK(1)\r\n'+86\r\n'@x\r\n-5\r\n")
  })
})

describe('csvMoney', () => {
  it('gives major units', () => expect(csvMoney(5901)).toBe(59.01))
})
