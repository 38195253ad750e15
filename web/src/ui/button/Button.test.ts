import { mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { withWords } from '../living/testWords'
import Button from './Button.vue'
import css from './button.css?raw'

const button = (props: Record<string, unknown> = {}, attrs = {}) =>
  mount(Button, { props, attrs, slots: { default: 'Pay ¥44.00' }, global: withWords() })

describe('Button', () => {
  it('keeps its label in the layout while busy, so that the width stays', async () => {
    const b = button()
    await b.setProps({ busy: true })
    expect(b.get('.button__label').text()).toBe('Pay ¥44.00')
    // Unseen by opacity and not by display, and the ring lies outside the flow.
    expect(css).toMatch(/\.button--busy \.button__label \{ opacity: 0; \}/)
    expect(css).toMatch(/\.button__wait \{ position: absolute;/)
    expect(b.attributes('aria-busy')).toBe('true')
  })
  it('hears the first press and swallows those that come while busy', async () => {
    const pressed = vi.fn()
    const b = button({}, { onClick: pressed })
    await b.trigger('click')
    await b.setProps({ busy: true })
    await b.trigger('click')
    await b.trigger('click')
    expect(pressed).toHaveBeenCalledTimes(1)
  })
  it('stays focusable while busy and does not send its form again', async () => {
    const sent = vi.fn((e: Event) => e.preventDefault())
    const form = document.createElement('form')
    form.addEventListener('submit', sent)
    document.body.append(form)
    const b = mount(Button, { attachTo: form, props: { type: 'submit', busy: false }, slots: { default: 'Save' }, global: withWords() })
    await b.trigger('click')
    expect(sent).toHaveBeenCalledTimes(1)
    await b.setProps({ busy: true })
    await b.trigger('click')
    expect(sent).toHaveBeenCalledTimes(1)
    expect((b.element as HTMLButtonElement).disabled).toBe(false)
    b.unmount()
    form.remove()
  })
  it('is a real disabled button when off', async () => {
    const pressed = vi.fn()
    const b = button({ disabled: true }, { onClick: pressed })
    expect((b.element as HTMLButtonElement).disabled).toBe(true)
    await b.trigger('click')
    expect(pressed).not.toHaveBeenCalled()
  })
  it('is a link when it leads somewhere, and leads nowhere when off', async () => {
    const b = button({ to: '/shop' })
    expect(b.element.tagName).toBe('A')
    await b.setProps({ disabled: true })
    expect(b.element.tagName).toBe('A')
    expect(b.attributes('href')).toBeUndefined()
    expect(b.attributes('aria-disabled')).toBe('true')
  })
  it('is only the look inside something that is itself pressed', () => {
    const b = button({ as: 'span', icon: 'check' })
    expect(b.element.tagName).toBe('SPAN')
    expect(b.attributes('type')).toBeUndefined()
    expect(b.attributes('role')).toBeUndefined()
  })
})
