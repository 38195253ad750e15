import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { withWords } from '@/ui/living/testWords'
import CommandPalette from './CommandPalette.vue'
import type { PaletteRow } from './palette'

const run = vi.fn()
const rows: PaletteRow[] = [
  { id: 'd', kind: 'do', label: 'Bulk ship', note: 'paste or drop a file', icon: 'truck', run: () => run('d') },
  { id: 'g', kind: 'go', label: 'Orders', icon: 'parcel', chord: 'G O', to: '/console/shop/orders', run: () => run('g') },
]
const open = (text = '') => mount(CommandPalette, { attachTo: document.body, props: { open: true, rows, text }, global: withWords() })

it('runs the row the arrows stand on and closes', async () => {
  const w = open()
  await w.get('input').trigger('keydown', { key: 'ArrowDown' })
  expect(w.get('[aria-selected="true"]').text()).toContain('Orders')
  await w.get('input').trigger('keydown', { key: 'Enter' })
  expect(run).toHaveBeenLastCalledWith('g')
  expect(w.emitted('update:open')?.at(-1)).toEqual([false])
  w.unmount()
})

it('marks the match in label and note', () => {
  const w = open('ship')
  expect(w.findAll('mark').map((m) => m.text()).filter(Boolean)).toEqual(['ship'])
  const note = open('file')
  expect(note.findAll('mark').map((m) => m.text()).filter(Boolean)).toEqual(['file'])
  w.unmount()
  note.unmount()
})

it('says what it lists and what it found nothing for', async () => {
  const w = open()
  expect(w.findAll('.kind').map((k) => k.text())).toEqual(['Do', 'Go'])
  await w.setProps({ rows: [] })
  expect(w.get('[role="status"]').text()).toContain('Nothing found')
  w.unmount()
})
