// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { nextTick, shallowRef } from 'vue'
import { createI18n } from 'vue-i18n'
import common from '@/locales/en/common'
import words from '@/locales/en/console'
import errors from '@/locales/en/errors'
import { pageCommands } from '../shell/pageCommands'
import TalkColumn from './TalkColumn.vue'
import type { TalkLine } from './talk'

const failed = vi.hoisted(() => vi.fn())
vi.mock('../part/useToast', () => ({ useToast: () => ({ failed }) }))
vi.mock('../part/AskDialog.vue', () => ({ __esModule: true, __isTeleport: false, __isKeepAlive: false, default: { props: ['title', 'run'], template: '<button class="asks" @click="run()">{{ title }}</button>' } }))

const line = (id: string, more: Partial<TalkLine> = {}): TalkLine => ({ id, u: `usr_${id}`, name: `N${id}`, text: 'hi', at: Number(id), avatar: '', removed: false, muted: false, ...more }) as TalkLine
const talk = { lines: shallowRef([line('1'), line('2', { badge: 'host' })]), purchases: shallowRef([]), pin: shallowRef(null), undoText: shallowRef(''), block: vi.fn() }
let w: ReturnType<typeof mount>
const press = async (code: string) => {
  window.dispatchEvent(new KeyboardEvent('keydown', { code: `Key${code}`, key: code.toLowerCase() }))
  await nextTick()
  await flushPromises()
}

beforeEach(() => {
  vi.clearAllMocks()
  const i18n = createI18n({ legacy: false, locale: 'en', messages: { en: { common, errors, console: words } } })
  w = mount(TalkColumn, { props: { talk: talk as never, onAir: true, replies: [] }, global: { plugins: [i18n] }, attachTo: document.body })
})
afterEach(() => w.unmount())

it('asks before B blocks the picked viewer, and offers it in the palette', async () => {
  await press('B')
  expect(w.find('.asks').exists()).toBe(false) // nobody is picked
  expect(pageCommands()).toEqual([])
  await press('J')
  await press('K')
  expect(pageCommands().map((c) => c.chord)).toEqual(['B'])
  await press('B')
  await vi.dynamicImportSettled()
  await flushPromises()
  expect(talk.block).not.toHaveBeenCalled()
  await w.get('.asks').trigger('click')
  expect(talk.block).toHaveBeenCalledWith(talk.lines.value[0])
})

it('blocks nobody of the team', async () => {
  await press('J')
  await press('B')
  expect(failed).toHaveBeenCalledOnce()
  expect(w.find('.asks').exists()).toBe(false)
})
