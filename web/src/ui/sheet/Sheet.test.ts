import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { withWords } from '../living/testWords'
import Sheet from './Sheet.vue'

// The browser's modal dialog traps focus and keeps the page inert; what is ours is to ask for
// it, to follow its closing, and to give focus back.
const settle = async () => { await nextTick(); await nextTick() }
function opened(props: Record<string, unknown> = {}) {
  return mount(Sheet, { props: { open: true, title: 'Coupons', ...props }, slots: { default: '<button class="in">Use</button>' }, global: withWords(), attachTo: document.body })
}
afterEach(() => { document.body.innerHTML = '' })

describe('Sheet', () => {
  it('opens as a modal, never as a plain dialog, and is named by its title', async () => {
    const modal = vi.spyOn(HTMLDialogElement.prototype, 'showModal')
    const s = opened()
    await settle()
    expect(modal).toHaveBeenCalledTimes(1)
    expect(s.get('dialog').attributes('aria-labelledby')).toBe(s.get('h2').attributes('id'))
    s.unmount()
  })
  it('follows Escape: the browser closes the dialog, the screen hears it', async () => {
    const s = opened()
    await settle()
    const dialog = s.get('dialog').element as HTMLDialogElement
    dialog.dispatchEvent(new Event('cancel', { cancelable: true }))
    dialog.close()
    await settle()
    expect(s.emitted('update:open')?.at(-1)).toEqual([false])
    expect(s.emitted('closed')).toHaveLength(1)
    s.unmount()
  })
  it('gives focus back to what opened it', async () => {
    const opener = document.createElement('button')
    document.body.append(opener)
    opener.focus()
    const s = opened({ open: false })
    await s.setProps({ open: true })
    await settle()
    s.get<HTMLElement>('.in').element.focus()
    expect(document.activeElement).not.toBe(opener)
    await s.setProps({ open: false })
    await settle()
    expect(document.activeElement).toBe(opener)
    s.unmount()
  })
  it('closes by a press that began on the scrim, not by one that began inside', async () => {
    const s = opened()
    await settle()
    await s.get('.in').trigger('pointerdown')
    expect(s.emitted('update:open')).toBeUndefined()
    await s.get('dialog').trigger('pointerdown')
    expect(s.emitted('update:open')?.at(-1)).toEqual([false])
    s.unmount()
  })
  it('draws its content only while open', async () => {
    const s = opened({ open: false })
    expect(s.find('.in').exists()).toBe(false)
    s.unmount()
  })
})
