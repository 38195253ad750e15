import { describe, expect, it } from 'vitest'
import { captionFor } from './captions'

const zh = { lang: 'zh-CN', url: '/zh' } as const
const en = { lang: 'en', url: '/en' } as const

describe('the captions of a reader', () => {
  it('are in their language, or a cousin of it, or whatever there is', () => {
    expect(captionFor([zh, en], 'en')).toBe(en)
    expect(captionFor([en, zh], 'zh-TW')).toBe(zh)
    expect(captionFor([zh], 'en')).toBe(zh)
    expect(captionFor([], 'en')).toBeUndefined()
  })
})
