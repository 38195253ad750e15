import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { withWords } from '../living/testWords'
import ConfirmHost from './ConfirmHost.vue'
import { answer, asked, confirm } from './confirm'

beforeEach(() => answer(false))

describe('confirm', () => {
  it('resolves with the answer and takes the question away', async () => {
    const said = confirm({ title: 'Delete?', yes: 'Delete' })
    expect(asked.value?.title).toBe('Delete?')
    answer(true)
    expect(await said).toBe(true)
    expect(asked.value).toBeUndefined()
  })
  it('says no to the first question when a second one is asked', async () => {
    const first = confirm({ title: 'a', yes: 'a' })
    const second = confirm({ title: 'b', yes: 'b' })
    expect(await first).toBe(false)
    answer(false)
    expect(await second).toBe(false)
  })
  it('hears one answer only', async () => {
    const said = confirm({ title: 'a', yes: 'a' })
    answer(false)
    answer(true)
    expect(await said).toBe(false)
  })
})

describe('the question on screen', () => {
  it('starts on "no", says what follows, and answers with the verb', async () => {
    const host = mount(ConfirmHost, { global: withWords(), attachTo: document.body })
    const said = confirm({ title: 'Delete this post?', text: 'Its comments go too', yes: 'Delete', danger: true })
    await nextTick()
    await nextTick()
    expect(document.activeElement?.textContent).toContain('Not now')
    expect(host.get('[role=alertdialog]').attributes('aria-describedby')).toBe(host.get('p').attributes('id'))
    const yes = host.findAll('button').at(-1)
    expect(yes?.text()).toBe('Delete')
    await yes?.trigger('click')
    expect(await said).toBe(true)
    host.unmount()
  })
  it('takes Escape for no', async () => {
    const host = mount(ConfirmHost, { global: withWords(), attachTo: document.body })
    const said = confirm({ title: 'Leave?', yes: 'Leave' })
    await nextTick()
    await nextTick()
    ;(host.get('dialog').element as HTMLDialogElement).close()
    expect(await said).toBe(false)
    host.unmount()
  })
})
