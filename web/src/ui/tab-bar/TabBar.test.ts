import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { withWords } from '@/ui/living/testWords'
import TabBar from './TabBar.vue'
import type { TabItem } from './types'

const items: TabItem[] = [
  { key: 'a', to: '/', label: 'Discover', icon: 'discover' },
  { key: 'b', to: '/create', label: 'Create', icon: 'plus', plus: true },
  { key: 'c', to: '/me', label: 'Me', icon: 'person', badge: 120 },
]

describe('the tab bar', () => {
  it('says which place is here, and names the stall that has no word', () => {
    const w = mount(TabBar, { props: { items, here: '/', label: 'Places' }, global: withWords() })
    expect(w.findAll('[aria-current="page"]').map((a) => a.attributes('aria-label'))).toEqual(['Discover'])
    expect(w.find('[aria-label="Create"]').text()).toBe('')
  })
  it('never lets a badge grow', () => {
    const w = mount(TabBar, { props: { items, here: '/me', label: 'Places' }, global: withWords() })
    expect(w.find('i').text()).toBe('99+')
  })
})
