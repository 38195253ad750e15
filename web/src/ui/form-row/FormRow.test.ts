import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { current, dismissToast } from '../toast/toast'
import { withWords } from '../living/testWords'
import CopyField from './CopyField.vue'
import FormRow from './FormRow.vue'
import TagsField from './TagsField.vue'
import TextField from './TextField.vue'

const row = (props: Partial<InstanceType<typeof FormRow>['$props']> = {}) => mount(FormRow, {
  props: { label: 'Shop name', ...props },
  slots: { default: '<template #default="{ field }"><input v-bind="field"></template>' },
  global: withWords(),
})
afterEach(() => {
  while (current.value) dismissToast()
  vi.unstubAllGlobals()
})

describe('FormRow', () => {
  it('ties the field to its label', () => {
    const r = row()
    expect(r.get('label').attributes('for')).toBe(r.get('input').attributes('id'))
  })
  it('names the error before the hint and marks the field', async () => {
    const r = row({ hint: 'Buyers read this' })
    expect(r.get('input').attributes('aria-invalid')).toBeUndefined()
    await r.setProps({ error: 'Already taken' })
    const ids = r.get('input').attributes('aria-describedby')?.split(' ') ?? []
    expect(ids.map((id) => r.get(`[id="${id}"]`).text())).toEqual(['Already taken', 'Buyers read this'])
    expect(r.get('[role=alert]').text()).toBe('Already taken')
    expect(r.get('input').attributes('aria-invalid')).toBe('true')
  })
  it('counts always and speaks only when ten or fewer are left', async () => {
    const r = row({ used: 5, max: 30 })
    expect(r.get('.form-row__count').text()).toBe('5 / 30')
    await r.setProps({ used: 19 })
    expect(r.get('[aria-live]').text()).toBe('')
    await r.setProps({ used: 20 })
    expect(r.get('[aria-live]').text()).toBe('20 / 30')
    await r.setProps({ used: 31 })
    expect(r.get('.form-row__count').classes()).toContain('form-row__count--over')
  })
})

describe('CopyField', () => {
  it('keeps a secret covered until asked, and copies it all the same', async () => {
    const write = vi.fn().mockResolvedValue(undefined)
    vi.stubGlobal('navigator', { clipboard: { writeText: write } })
    const f = mount(CopyField, { props: { label: 'Stream key', value: 'sk_live_1', secret: true }, global: withWords() })
    expect(f.get('input').element.value).toBe('•••••••••')
    await f.get('[aria-label=Copy]').trigger('click')
    expect(write).toHaveBeenCalledWith('sk_live_1')
    expect(current.value?.text).toBe('Copied')
    await f.get('[aria-label=Show]').trigger('click')
    expect(f.get('input').element.value).toBe('sk_live_1')
  })
  it('uncovers the text where the browser refuses the clipboard', async () => {
    vi.stubGlobal('navigator', { clipboard: { writeText: vi.fn().mockRejectedValue(new Error('denied')) } })
    const f = mount(CopyField, { props: { label: 'Stream key', value: 'sk_live_1', secret: true }, global: withWords() })
    await f.get('[aria-label=Copy]').trigger('click')
    await nextTick()
    expect(f.get('input').element.value).toBe('sk_live_1')
    expect(current.value?.kind).toBe('bad')
  })
})

describe('TagsField', () => {
  const field = (modelValue: string[]) => mount(TagsField, { props: { modelValue }, global: withWords() })
  it('splits what is typed, keeps each once and ten at most', async () => {
    const f = field(['tea'])
    await f.get('input').setValue('#bowl tea，celadon')
    await f.get('input').trigger('keydown', { key: 'Enter' })
    expect(f.emitted('update:modelValue')?.at(-1)).toEqual([['tea', 'bowl', 'celadon']])
    expect(field(Array.from({ length: 10 }, (_, i) => `t${i}`)).find('input').exists()).toBe(false)
  })
  it('takes the last back with Backspace, and any by its named cross', async () => {
    const f = field(['tea', 'bowl'])
    await f.get('input').trigger('keydown', { key: 'Backspace' })
    expect(f.emitted('update:modelValue')?.at(-1)).toEqual([['tea']])
    await f.get('[aria-label="Remove #tea"]').trigger('click')
    expect(f.emitted('update:modelValue')?.at(-1)).toEqual([['bowl']])
  })
})

describe('TextField', () => {
  const field = (props: Record<string, unknown>) => mount(TextField, { props: { modelValue: '', label: 'Login', name: 'login', ...props }, global: withWords(), attachTo: document.body })
  it('says in our words what is missing, until something is written', async () => {
    const f = field({ required: true })
    ;(f.get('input').element as HTMLInputElement).dispatchEvent(new Event('invalid', { cancelable: true }))
    await nextTick()
    expect(f.get('[role=alert]').text()).toBe('Needed')
    await f.setProps({ modelValue: 'xiaoman' })
    expect(f.find('[role=alert]').exists()).toBe(false)
  })
  it('says what the server refused, and marks a field whose words stand elsewhere', async () => {
    const f = field({ problem: 'Already taken' })
    expect(f.get('[role=alert]').text()).toBe('Already taken')
    await f.setProps({ problem: undefined, bad: true })
    expect(f.find('[role=alert]').exists()).toBe(false)
    expect(f.get('input').attributes('aria-invalid')).toBe('true')
  })
  it('lets a password be looked at and never spells or capitalises it', async () => {
    const f = field({ type: 'password' })
    expect(f.get('input').attributes()).toMatchObject({ type: 'password', autocapitalize: 'none', spellcheck: 'false' })
    await f.get('[aria-label="Show the password"]').trigger('click')
    expect(f.get('input').attributes('type')).toBe('text')
  })
})
