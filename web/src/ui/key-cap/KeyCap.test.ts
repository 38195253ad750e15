import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import KeyCap from './KeyCap.vue'

describe('KeyCap', () => {
  it('shows the chord as this keyboard names it, for eyes only', () => {
    const cap = mount(KeyCap, { props: { chord: 'Shift+1' } })
    expect(cap.text()).toBe('⇧1')
    expect(cap.attributes('aria-hidden')).toBe('true')
  })
})
