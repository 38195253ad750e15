import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import HkMenu, { type MenuItem } from './HkMenu.vue'

const items: MenuItem[] = [{ id: 'price', label: 'Change price' }, { id: 'hide', label: 'Hide', disabled: true }, { id: 'drop', label: 'Remove', danger: true }]
afterEach(() => {
  vi.useRealTimers()
  document.body.innerHTML = ''
})

describe('HkMenu', () => {
  it('opens a list of commands and tells which was chosen, never one that is off', async () => {
    vi.useFakeTimers()
    const m = mount(HkMenu, { props: { items, label: 'More' }, slots: { default: '<button class="opener">…</button>' }, attachTo: document.body })
    await m.get('.opener').trigger('click')
    await vi.runAllTimersAsync()
    await nextTick()
    const rows = [...document.querySelectorAll<HTMLElement>('[role=menuitem]')]
    expect(rows.map((r) => r.textContent)).toEqual(['Change price', 'Hide', 'Remove'])
    rows[1]?.click()
    rows[2]?.click()
    await vi.runAllTimersAsync()
    expect(m.emitted('choose')).toEqual([['drop']])
    m.unmount()
  })
})
