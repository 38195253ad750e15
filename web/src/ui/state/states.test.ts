import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { ApiError } from '@/api/client'
import { withWords } from '../living/testWords'
import DeniedState from './DeniedState.vue'
import EmptyStall from './EmptyStall.vue'
import EmptyState from './EmptyState.vue'
import ErrorNote from './ErrorNote.vue'
import ErrorState from './ErrorState.vue'
import OfflineBar from './OfflineBar.vue'

const problem = (status: number, code: string) => new ApiError({ status, code, requestId: 'req_7K2M' })
const failed = (error: unknown, compact = false) => mount(ErrorState, { props: { error, compact }, global: withWords() })
afterEach(() => void vi.unstubAllGlobals())

describe('ErrorState', () => {
  it('says what failed, offers another try and carries the number support asks for', async () => {
    const s = failed(problem(500, 'internal'))
    expect(s.attributes('role')).toBe('alert')
    expect(s.text()).toContain('req_7K2M')
    await s.get('button').trigger('click')
    expect(s.emitted('retry')).toHaveLength(1)
  })
  it('draws the kind of trouble: torn, dark without network, shut without right', () => {
    expect(failed(problem(500, 'internal')).find('.stall--torn').exists()).toBe(true)
    expect(failed(problem(0, 'offline')).find('.stall--dark').exists()).toBe(true)
    expect(failed(problem(403, 'forbidden')).find('.stall--shut').exists()).toBe(true)
  })
  it('offers no second try for what is not there', () => {
    expect(failed(problem(404, 'not_found')).find('button').exists()).toBe(false)
  })
  it('is one line when compact', () => {
    const s = failed(problem(500, 'internal'), true)
    expect(s.find('svg.stall').exists()).toBe(false)
    expect(s.text()).not.toContain('req_7K2M')
  })
})

describe('ErrorNote', () => {
  it('lets the number be copied and the read be tried again', async () => {
    const copied = vi.fn().mockResolvedValue(undefined)
    vi.stubGlobal('navigator', { clipboard: { writeText: copied } })
    const s = mount(ErrorNote, { props: { error: problem(502, 'internal'), title: 'Source data did not arrive' }, global: withWords() })
    expect(s.get('h2').text()).toBe('Source data did not arrive')
    const [again, copy] = s.findAll('button')
    await again?.trigger('click')
    await copy?.trigger('click')
    expect(s.emitted('retry')).toHaveLength(1)
    expect(copied).toHaveBeenCalledWith('req_7K2M')
  })
})

describe('ErrorNote without the right', () => {
  const note = (code: string, small = false) => mount(ErrorNote, { props: { error: problem(403, code), small }, global: withWords() })
  it('shuts the stall and names who opens it, without another try', () => {
    expect(note('denied').text()).toContain('ask the owner')
    expect(note('not_yours').text()).toContain('Ask its owner to add you')
    expect(note('denied').find('button').exists()).toBe(false)
  })
  it('stays a note inside a tile', () => expect(note('denied', true).find('.stall--shut').exists()).toBe(false))
})

describe('EmptyState', () => {
  it('draws the stall unless an icon says more', async () => {
    const s = mount(EmptyState, { props: { title: 'No orders yet' } })
    expect(s.find('svg.stall').exists()).toBe(true)
    await s.setProps({ icon: 'heart' })
    expect(s.find('svg.stall').exists()).toBe(false)
  })
  it('has a place for one action', () => {
    expect(mount(EmptyStall, { props: { title: 'x' }, slots: { default: '<button>go</button>' } }).find('button').exists()).toBe(true)
    expect(mount(EmptyStall, { props: { title: 'x' } }).find('.do').exists()).toBe(false)
  })
})

describe('DeniedState', () => {
  it('names who can open the page', () => expect(mount(DeniedState, { global: withWords() }).text()).toContain('ask the owner'))
})

describe('OfflineBar', () => {
  it('comes and goes with the network', async () => {
    const bar = mount(OfflineBar, { global: withWords() })
    expect(bar.get('[role=status]').text()).toBe('')
    window.dispatchEvent(new Event('offline'))
    await nextTick()
    expect(bar.get('[role=status]').text()).toContain('No network')
    window.dispatchEvent(new Event('online'))
    await nextTick()
    expect(bar.get('[role=status]').text()).toBe('')
  })
  it('says what the application keeps, and names a slow network only while there is one', async () => {
    const bar = mount(OfflineBar, { props: { over: true, slow: true, text: 'Your draft is kept' }, global: withWords() })
    expect(bar.text()).toContain('Slow network')
    window.dispatchEvent(new Event('offline'))
    await nextTick()
    expect(bar.text()).toBe('Your draft is kept')
    window.dispatchEvent(new Event('online'))
    await nextTick()
    await bar.setProps({ slow: false })
    expect(bar.text()).toBe('')
  })
})
