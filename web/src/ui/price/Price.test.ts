import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { withWords } from '../living/testWords'
import Price from './Price.vue'
import PriceTag from './PriceTag.vue'

type Props = InstanceType<typeof Price>['$props']
const price = (props: Props, locale: 'en' | 'zh-CN' = 'en') => mount(Price, { props, global: withWords(locale) })
const now = (props: Props) => price(props).get('.price__now').text()

describe('Price', () => {
  it('groups thousands and always has two places, in either language', () => {
    expect(now({ minor: 123400 })).toBe('¥1,234.00')
    expect(price({ minor: 123400 }, 'zh-CN').get('.price__now').text()).toBe('¥1,234.00')
    expect(now({ minor: 100000000 })).toBe('¥1,000,000.00')
    expect(now({ minor: 5 })).toBe('¥0.05')
  })
  it('drops only ".00" when short', () => {
    expect(now({ minor: 4900, short: true })).toBe('¥49')
    expect(now({ minor: 4950, short: true })).toBe('¥49.50')
  })
  it('says a range in the order of the language', () => {
    expect(price({ minor: 4900, maxMinor: 8900, short: true }).text()).toBe('from¥49')
    expect(price({ minor: 4900, maxMinor: 8900, short: true }, 'zh-CN').text()).toBe('¥49起')
    expect(price({ minor: 4900, maxMinor: 4900, short: true }).text()).toBe('¥49')
  })
  it('strikes an old price only when it was higher, and says so aloud', () => {
    expect(price({ minor: 4900, listMinor: 8900 }).get('s').text()).toBe('was¥89.00')
    expect(price({ minor: 4900, listMinor: 4900 }).find('s').exists()).toBe(false)
    expect(price({ minor: 4900, listMinor: 100 }).find('s').exists()).toBe(false)
  })
  it('writes what was saved with a real minus', () => {
    expect(now({ minor: -500, tone: 'saved' })).toBe('−¥5.00')
  })
  it('refuses a fraction of a fen', () => {
    expect(() => now({ minor: 49.5 })).toThrow(RangeError)
  })
})

describe('PriceTag', () => {
  it('carries the shelf number', () => expect(mount(PriceTag, { props: { n: 12 } }).text()).toBe('12'))
})
