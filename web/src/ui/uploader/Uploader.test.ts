import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { formatBytes } from '@/lib/bytes'
import { withWords } from '../living/testWords'
import { percentOf, type UploadShown } from './types'
import Uploader from './Uploader.vue'

const MB = 1 << 20
const file = (more: Partial<UploadShown> = {}): UploadShown => ({ name: 'bowl.mp4', state: 'sending', sent: 0, total: 100 * MB, ...more })
const shown = (more: Partial<UploadShown> = {}, props: Record<string, unknown> = {}) => mount(Uploader, { props: { upload: file(more), ...props }, global: withWords() })
type Shown = ReturnType<typeof shown>
const said = (u: Shown) => u.get('[role=status], [role=alert]').text()
const press = (u: Shown) => u.get('button').trigger('click')

describe('Uploader', () => {
  it('speaks at each quarter and is silent between', async () => {
    const u = shown()
    const heard: string[] = []
    for (let mb = 1; mb < 100; mb++) {
      await u.setProps({ upload: file({ sent: mb * MB }) })
      if (said(u) && said(u) !== heard.at(-1)) heard.push(said(u))
    }
    expect(heard).toEqual(['bowl.mp4: 25% sent', 'bowl.mp4: 50% sent', 'bowl.mp4: 75% sent'])
  })
  it('says every change of state, a failure with its reason and as an alert', async () => {
    const u = shown({ sent: 40 * MB })
    await u.setProps({ upload: file({ state: 'paused', sent: 40 * MB }) })
    expect(said(u)).toBe('bowl.mp4 is paused')
    await u.setProps({ upload: file({ state: 'packing' }) })
    expect(said(u)).toBe('bowl.mp4 is sent and being made ready')
    await u.setProps({ upload: file({ state: 'done' }) })
    expect(said(u)).toBe('bowl.mp4 is ready')
    await u.setProps({ upload: file({ state: 'failed', why: 'The file is cut off', requestId: 'req_1' }) })
    expect(u.get('[role=alert]').text()).toBe('bowl.mp4 was not uploaded: The file is cut off')
    expect(u.get('code').text()).toBe('req_1')
  })
  it('shows speed and time left only while bytes move', async () => {
    const u = shown({ sent: 40 * MB, bytesPerS: 2 * MB, leftS: 30 })
    expect(u.get('.uploader__pace').text()).toBe('2.0 MB/s, 00:30 to go')
    await u.setProps({ upload: file({ state: 'paused', bytesPerS: 2 * MB, leftS: 30 }) })
    expect(u.find('.uploader__pace').exists()).toBe(false)
  })
  it('offers the one act that helps', async () => {
    const moving = shown()
    await press(moving)
    expect(moving.emitted('pause')).toHaveLength(1)
    const paused = shown({ state: 'paused' })
    await press(paused)
    expect(paused.emitted('resume')).toHaveLength(1)
    const lost = shown({ state: 'failed' }, { resumable: true })
    await press(lost)
    expect(lost.emitted('resume')).toHaveLength(1)
    const refused = shown({ state: 'failed' })
    await press(refused)
    expect(refused.emitted('retry')).toHaveLength(1)
    for (const state of ['waiting', 'packing', 'done'] as const) expect(shown({ state }).find('button').exists(), state).toBe(false)
  })
  it('reaches 100 only with the last byte', () => {
    expect(percentOf(file({ sent: 99.99 * MB }))).toBe(99)
    expect(percentOf(file({ sent: 100 * MB }))).toBe(99)
    expect(percentOf(file({ state: 'packing' }))).toBe(100)
    expect(percentOf(file({ total: 0 }))).toBe(0)
    expect(shown({ state: 'done' }).get('[role=progressbar]').attributes('aria-valuenow')).toBe('100')
  })
})

describe('formatBytes', () => {
  it.each([[1, '1 KB'], [1024, '1 KB'], [1025, '2 KB'], [MB, '1.0 MB'], [46.2 * MB, '46.2 MB'], [1.5 * (1 << 30), '1.5 GB']])('%d is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))
})
