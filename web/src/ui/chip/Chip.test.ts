import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { withWords } from '../living/testWords'
import Chip from './Chip.vue'

const chip = (props: InstanceType<typeof Chip>['$props']) => mount(Chip, { props, global: withWords() })

describe('Chip', () => {
  it('says whether it is chosen and asks to change', async () => {
    const c = chip({ label: '梅子青', selected: true })
    expect(c.attributes('aria-pressed')).toBe('true')
    await c.trigger('click')
    expect(c.emitted('toggle')).toHaveLength(1)
  })
  it('is one of a group where the group says so', () => {
    const c = chip({ label: '月白', radio: true, selected: false })
    expect(c.attributes()).toMatchObject({ role: 'radio', 'aria-checked': 'false' })
    expect(c.attributes('aria-pressed')).toBeUndefined()
  })
  it('cannot be chosen when it is not offered', async () => {
    const c = chip({ label: '六只', disabled: true })
    await c.trigger('click')
    expect(c.emitted('toggle')).toBeUndefined()
  })
  it('is taken away by its named cross, by press or by Delete', async () => {
    const c = chip({ label: 'tea', removable: true })
    const cross = c.get('button')
    expect(cross.attributes('aria-label')).toBe('Remove tea')
    await cross.trigger('click')
    await cross.trigger('keydown', { key: 'Delete' })
    await cross.trigger('keydown', { key: 'a' })
    expect(c.emitted('remove')).toHaveLength(2)
  })
})
