import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import HkSwitch from './HkSwitch.vue'

const turn = (props: Record<string, unknown> = {}) => mount(HkSwitch, { props: { modelValue: false, label: 'Payments fail', ...props } })

describe('HkSwitch', () => {
  it('is a named switch that asks to change', async () => {
    const s = turn()
    const box = s.get('[role=switch]')
    expect(box.attributes('aria-label')).toBe('Payments fail')
    await box.setValue(true)
    expect(s.emitted('update:modelValue')).toEqual([[true]])
  })
  it('follows what is true, not what was pressed', async () => {
    const s = turn({ modelValue: true })
    expect((s.get('input').element as HTMLInputElement).checked).toBe(true)
    await s.setProps({ modelValue: false })
    expect((s.get('input').element as HTMLInputElement).checked).toBe(false)
  })
  it('cannot be moved while off or busy', () => {
    expect(turn({ disabled: true }).get('input').attributes('disabled')).toBeDefined()
    const busy = turn({ busy: true }).get('input')
    expect([busy.attributes('disabled'), busy.attributes('aria-busy')]).toEqual(['', 'true'])
  })
})
