import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import Avatar from './Avatar.vue'

describe('Avatar', () => {
  it('puts the first character where no picture is, also one outside the basic plane', () => {
    expect(mount(Avatar, { props: { name: '阿檐陶舍' } }).text()).toBe('阿')
    expect(mount(Avatar, { props: { name: '  lin' } }).text()).toBe('L')
    expect(mount(Avatar, { props: { name: '𠮷田' } }).text()).toBe('𠮷')
    expect(mount(Avatar, { props: { name: '' } }).text()).toBe('·')
  })
  it('falls back when the picture does not arrive, and tries again with another', async () => {
    const a = mount(Avatar, { props: { name: 'Lin', src: '/gone.webp' } })
    await a.get('img').trigger('error')
    expect(a.find('img').exists()).toBe(false)
    expect(a.text()).toBe('L')
    await a.setProps({ src: '/new.webp' })
    expect(a.get('img').attributes('src')).toBe('/new.webp')
  })
  it('reserves its size before the picture is there', () => {
    const img = mount(Avatar, { props: { name: 'Lin', src: '/a.webp', size: 48 } }).get('img')
    expect([img.attributes('width'), img.attributes('height')]).toEqual(['48', '48'])
  })
  it('shows bars beside the ring when live: not by colour alone', () => {
    const a = mount(Avatar, { props: { name: 'Lin', live: true } })
    expect(a.classes()).toContain('avatar--ring')
    expect(a.find('.avatar__live svg').exists()).toBe(true)
  })
  it('is read only when it has a name of its own', () => {
    expect(mount(Avatar, { props: { name: 'Lin' } }).attributes('role')).toBeUndefined()
    expect(mount(Avatar, { props: { name: 'Lin', label: 'Lin, live' } }).attributes('aria-label')).toBe('Lin, live')
  })
})
