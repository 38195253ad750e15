import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import favicon from '../../../public/favicon.svg?raw'
import Logo from './Logo.vue'

const shapes = (svg: string) => [...svg.matchAll(/ d="([^"]+)"/g)].map((m) => m[1])

describe('Logo', () => {
  it('is the same drawing as the one in the browser tab', () => {
    const logo = mount(Logo)
    expect(shapes(logo.html())).toEqual(shapes(favicon))
    expect(logo.attributes('aria-label')).toBe('Hawker')
  })
})
