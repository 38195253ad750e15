import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { defineComponent, h } from 'vue'
import { withWords } from '@/ui/living/testWords'
import FilterBar from './FilterBar.vue'
import { useAddress } from './useAddress'

const words = withWords()
const menu = { props: ['items'], emits: ['choose'], template: '<div><slot /><button v-for="i in items" :key="i.id" class="choice" @click="$emit(\'choose\', i.id)">{{ i.label }}</button></div>' }
const filters = [{ id: 'source', label: 'Source', value: '', choices: [{ id: '', label: 'Any' }, { id: 'live', label: 'Live' }] }]
const open = (props: object) => mount(FilterBar, { attachTo: document.body, props, global: { ...words, stubs: { ...words.stubs, HkMenu: menu } } })

it('shows the way back only when something is set', async () => {
  const w = open({ placeholder: 'Find', filters })
  expect(w.find('.clear').exists()).toBe(false)
  await w.setProps({ filters: [{ ...filters[0], value: 'live' }] as never })
  expect(w.get('.chip').text()).toContain('Live')
  await w.get('.clear').trigger('click')
  expect(w.emitted('clear')).toHaveLength(1)
  w.unmount()
})

it('chooses a value and the any of it', async () => {
  const w = open({ filters })
  const choices = w.findAll('.choice')
  await choices[1]?.trigger('click')
  await choices[0]?.trigger('click')
  expect(w.emitted('choose')).toEqual([['source', 'live'], ['source', '']])
  w.unmount()
})

it('is reached by / and waits until typing settles', async () => {
  vi.useFakeTimers()
  const w = open({ placeholder: 'Find', query: '' })
  window.dispatchEvent(new KeyboardEvent('keydown', { key: '/', code: 'Slash', cancelable: true }))
  expect(document.activeElement).toBe(w.get('input').element)
  await w.get('input').setValue(' tea ')
  expect(w.emitted('search')).toBeUndefined()
  vi.advanceTimersByTime(300)
  expect(w.emitted('search')).toEqual([['tea']])
  vi.useRealTimers()
  w.unmount()
})

it('keeps filters in the address and takes the empty ones out', async () => {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: { template: '<i />' } }] })
  await router.push('/?state=paid&source=radio&order=ord_1')
  let address: ReturnType<typeof useAddress> | undefined
  mount(defineComponent({ setup() { address = useAddress(); return () => h('i') } }), { global: { plugins: [router] } })
  expect(address?.one('source', ['', 'live'] as const).value).toBe('')
  await address?.set({ state: undefined, source: 'live', q: '' })
  expect(router.currentRoute.value.query).toEqual({ source: 'live', order: 'ord_1' })
})
