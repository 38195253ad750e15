import { mount } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { ApiError } from '@/api/client'
import { withWords } from '@/ui/living/testWords'
import DataTable from './DataTable.vue'
import type { Column } from './types'

interface Row { id: string; name: string; left: number }
const rows: Row[] = [{ id: 'a', name: 'Orange', left: 7 }, { id: 'b', name: 'Bowl', left: 42 }, { id: 'c', name: 'Scarf', left: 0 }]
const columns: Column<Row>[] = [{ id: 'name', label: 'Name' }, { id: 'left', label: 'Left', end: true, sort: (r) => r.left }, { id: 'note', label: 'Note', hideable: true }]
const words = withWords()
const open = (props: object = {}) => mount(DataTable as never, {
  attachTo: document.body,
  props: { columns, rows, label: 'Goods', ...props } as never,
  slots: { 'cell-name': '<template #cell-name="{ row }">{{ row.name }}</template>', 'cell-left': '<template #cell-left="{ row }">{{ row.left }}</template>' },
  global: { ...words, stubs: { ...words.stubs, HkMenu: { props: ['items'], emits: ['choose'], template: '<div><slot /><button v-for="i in items" :key="i.id" class="choice" @click="$emit(\'choose\', i.id)">{{ i.label }}</button></div>' } } },
})
const press = (key: string, code: string) => window.dispatchEvent(new KeyboardEvent('keydown', { key, code, cancelable: true }))

beforeEach(() => {
  localStorage.clear()
  document.body.innerHTML = ''
})

it('sorts this page down, then up, then as it came', async () => {
  const w = open()
  const ids = () => w.findAll('tbody tr').map((r) => r.attributes('data-row'))
  const by = w.get('th button.by')
  await by.trigger('click')
  expect(ids()).toEqual(['b', 'a', 'c'])
  expect(w.get('th[aria-sort="descending"]').text()).toContain('Left')
  await by.trigger('click')
  expect(ids()).toEqual(['c', 'a', 'b'])
  await by.trigger('click')
  expect(ids()).toEqual(['a', 'b', 'c'])
  w.unmount()
})

it('is played by keys: J and K rove the focus, X ticks what may be ticked, Enter opens', async () => {
  const w = open({ ticked: new Set<string>(), canTick: (r: Row) => r.left > 0, openable: true })
  press('j', 'KeyJ')
  await nextTick()
  expect(w.findAll('tr[tabindex="0"]').map((r) => r.attributes('data-row'))).toEqual(['b'])
  press('x', 'KeyX')
  press('Enter', 'Enter')
  press('j', 'KeyJ')
  press('j', 'KeyJ')
  await nextTick()
  expect(w.get('tr[tabindex="0"]').attributes('data-row')).toBe('c')
  press('x', 'KeyX')
  expect(w.emitted('tick')).toEqual([['b']])
  expect(w.emitted('open')?.[0]?.[0]).toMatchObject({ id: 'b' })
  w.unmount()
})

it('says what happens to a row inside it, with the one way out', async () => {
  const w = open({ face: (r: Row) => (r.id === 'a' ? { state: 'failed', reason: 'Same waybill', verb: 'Mend' } : r.id === 'b' ? { state: 'busy', reason: 'Sending' } : undefined) })
  expect(w.get('[data-row="a"]').text()).toContain('Same waybill')
  await w.get('[data-row="a"] .button--verb').trigger('click')
  expect(w.emitted('verb')?.[0]?.[0]).toMatchObject({ id: 'a' })
  expect(w.get('[data-row="b"]').attributes('aria-busy')).toBe('true')
  w.unmount()
})

it('has a face for waiting, for nothing, for a failure and for no right', async () => {
  const wait = open({ rows: undefined })
  expect(wait.find('[role="status"]').exists()).toBe(true)
  expect(wait.find('table').exists()).toBe(false)
  const none = open({ rows: [] })
  expect(none.find('.stall').exists()).toBe(true)
  const bad = open({ rows: undefined, error: new ApiError({ status: 500, code: 'internal' }) })
  await bad.get('[role="alert"] .button').trigger('click')
  expect(bad.emitted('retry')).toHaveLength(1)
  const no = open({ rows: undefined, error: new ApiError({ status: 403, code: 'not_yours' }) })
  expect(no.find('[role="alert"]').exists()).toBe(false)
  expect(no.find('.stall').exists()).toBe(true)
  for (const w of [wait, none, bad, no]) w.unmount()
})

it('keeps old rows when a later read fails', () => {
  const w = open({ error: new ApiError({ status: 500, code: 'internal' }) })
  expect(w.findAll('tbody tr')).toHaveLength(3)
  w.unmount()
})

it('puts a column away and remembers it', async () => {
  const w = open({ name: 'goods' })
  expect(w.findAll('th').map((h) => h.text())).toContain('Note')
  await w.findAll('.choice').find((c) => c.text() === 'Note')?.trigger('click')
  expect(w.findAll('th[scope="col"]').map((h) => h.text())).not.toContain('Note')
  w.unmount()
  const again = open({ name: 'goods' })
  expect(again.findAll('th[scope="col"]').map((h) => h.text())).not.toContain('Note')
  again.unmount()
})
