import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { withWords } from '@/ui/living/testWords'
import RailAct from './RailAct.vue'
import RailFace from './RailFace.vue'

describe('an act of the rail', () => {
  it('reads its count with the noun, and shows the word while it is zero', () => {
    const w = mount(RailAct, { props: { icon: 'heart', label: '0 likes', text: 'Like', on: false, tone: 'like' } })
    expect(w.attributes('aria-label')).toBe('0 likes')
    expect(w.attributes('aria-pressed')).toBe('false')
    expect(w.text()).toBe('Like')
    expect(w.classes()).not.toContain('act--like')
  })
  it('is no switch when it keeps nothing', () => {
    const w = mount(RailAct, { props: { icon: 'share', label: 'Share' } })
    expect(w.attributes('aria-pressed')).toBeUndefined()
  })
  it('colours a kept act and tells of a press', async () => {
    const w = mount(RailAct, { props: { icon: 'save', label: '1', text: '1', on: true, tone: 'save' } })
    expect(w.classes()).toContain('act--save')
    await w.trigger('click')
    expect(w.emitted('act')).toHaveLength(1)
  })
})

describe('the face of the rail', () => {
  beforeEach(() => { vi.useFakeTimers() })
  afterEach(() => { vi.useRealTimers() })
  const face = (over = {}) => mount(RailFace, { props: { name: 'Mei', to: '/c/mei', label: 'Mei', followed: false, followLabel: 'Follow Mei', ...over }, global: withWords() })

  it('turns the plus into a tick that leaves by itself', async () => {
    const w = face()
    await w.find('[aria-label="Follow Mei"]').trigger('click')
    expect(w.emitted('follow')).toHaveLength(1)
    await w.setProps({ followed: true })
    await nextTick()
    expect(w.find('.face__follow--done').exists()).toBe(true)
    expect(w.find('button').exists()).toBe(false)
    vi.advanceTimersByTime(900)
    await nextTick()
    expect(w.find('.face__follow').exists()).toBe(false)
  })
  it('asks nobody to follow who does already, or to follow oneself', () => {
    expect(face({ followed: true }).find('.face__follow').exists()).toBe(false)
    expect(face({ own: true }).find('.face__follow').exists()).toBe(false)
  })
})
