import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import HkDrawer from './HkDrawer.vue'

afterEach(() => { document.body.innerHTML = '' })
const settle = async () => { for (let i = 0; i < 4; i++) await nextTick() }

describe('HkDrawer', () => {
  it('comes from the inline end, 560 wide, named by its title', async () => {
    const d = mount(HkDrawer, { props: { modelValue: true, title: 'Order 2958' }, attachTo: document.body, global: { stubs: { transition: false } } })
    await settle()
    const box = document.querySelector<HTMLElement>('.el-drawer')
    expect(box?.className).toContain('rtl')
    expect(box?.getAttribute('style')).toContain('560px')
    const name = document.getElementById(box?.getAttribute('aria-labelledby') ?? '')
    expect(name?.textContent).toBe('Order 2958')
    d.unmount()
  })
  it('asks to close on Escape', async () => {
    const d = mount(HkDrawer, { props: { modelValue: true, title: 'x' }, attachTo: document.body, global: { stubs: { transition: false } } })
    await settle()
    document.querySelector('.el-drawer')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', code: 'Escape', bubbles: true }))
    // The library tells it once the leaving has ended.
    await vi.waitFor(() => expect(d.emitted('update:modelValue')?.at(-1)).toEqual([false]))
    d.unmount()
  })
})
