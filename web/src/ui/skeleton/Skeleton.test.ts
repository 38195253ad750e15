import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import Skeleton from './Skeleton.vue'

describe('Skeleton', () => {
  it('takes the room of what will stand there', () => {
    const rows = mount(Skeleton, { props: { height: '44px', width: '120px', radius: '50%', rows: 3 } }).findAll('.skeleton__row')
    expect(rows).toHaveLength(3)
    expect(rows[0]?.attributes('style')).toBe('width: 120px; height: 44px; border-radius: 50%;')
  })
  it('is not read: the screen says once that it loads', () => {
    expect(mount(Skeleton).attributes('aria-hidden')).toBe('true')
  })
})
