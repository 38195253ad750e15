import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import Tabs from './Tabs.vue'

const tabs = [{ id: 'all', label: 'All' }, { id: 'ship', label: 'To ship', count: 9 }, { id: 'done', label: 'Done' }]
const bar = (modelValue = 'all') => mount(Tabs, { props: { tabs, modelValue, label: 'Orders' }, attachTo: document.body })

describe('Tabs', () => {
  it('has one stop for the Tab key: the chosen one', () => {
    const b = bar('ship')
    expect(b.findAll('[role=tab]').map((t) => t.attributes('tabindex'))).toEqual(['-1', '0', '-1'])
    expect(b.get('[aria-selected=true]').text()).toContain('9')
  })
  it('moves with the arrows, around the ends, and takes focus along', async () => {
    const b = bar()
    const first = b.get('[data-tab=all]')
    await first.trigger('keydown', { key: 'ArrowLeft' })
    expect(b.emitted('update:modelValue')?.at(-1)).toEqual(['done'])
    expect(document.activeElement?.getAttribute('data-tab')).toBe('done')
    await first.trigger('keydown', { key: 'ArrowRight' })
    expect(b.emitted('update:modelValue')?.at(-1)).toEqual(['ship'])
    b.unmount()
  })
})
