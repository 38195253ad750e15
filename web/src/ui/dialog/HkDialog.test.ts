import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import HkDialog from './HkDialog.vue'

afterEach(() => { document.body.innerHTML = '' })
const settle = async () => { for (let i = 0; i < 4; i++) await nextTick() }

describe('HkDialog', () => {
  it('is a modal named by its title, and asks to close on Escape', async () => {
    const d = mount(HkDialog, { props: { modelValue: true, title: 'Change the price' }, slots: { default: 'body' }, attachTo: document.body, global: { stubs: { transition: false } } })
    await settle()
    const box = document.querySelector('[role=dialog]')
    expect(box?.getAttribute('aria-modal')).toBe('true')
    expect(box?.textContent).toContain('Change the price')
    document.querySelector('.el-dialog')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', code: 'Escape', bubbles: true }))
    // The library tells it once the leaving has ended.
    await vi.waitFor(() => expect(d.emitted('update:modelValue')?.at(-1)).toEqual([false]))
    d.unmount()
  })
  it('is 480 wide, 640 when it has to hold more', async () => {
    for (const [wide, width] of [[false, '480'], [true, '640']] as const) {
      const d = mount(HkDialog, { props: { modelValue: true, title: 'x', wide }, attachTo: document.body })
      await settle()
      expect(document.querySelector('.el-dialog')?.getAttribute('style')).toContain(width)
      d.unmount()
      document.body.innerHTML = ''
    }
  })
})
