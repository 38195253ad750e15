import { beforeEach, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { createPinia, setActivePinia } from 'pinia'
import * as api from '@/api/channel'
import type { Post } from '@/api/types'
import { useComments } from './useComments'

vi.mock('@/api/channel')
const answer = { refused: false }
vi.mock('../shell/account', () => ({ useMemberAct: () => async (act: () => Promise<unknown>) => (answer.refused ? undefined : act()) }))

const post = { id: 'pst_1', comments: 3 } as Post
let arrive: (made: unknown) => void

function open() {
  const counted = vi.fn()
  const scope = effectScope()
  const c = scope.run(() => useComments(() => post, counted))!
  return { c, counted }
}

beforeEach(() => {
  vi.resetAllMocks()
  setActivePinia(createPinia())
  answer.refused = false
  vi.mocked(api.addComment).mockImplementation(() => new Promise((resolve) => { arrive = resolve as typeof arrive }))
})

it('a comment that went out stands first, is counted, and leaves the field empty', async () => {
  const { c, counted } = open()
  c.write('好看')
  const sent = c.send()
  arrive({ id: 'cmt_1', text: '好看' })
  expect(await sent).toBe(true)
  expect(c.text.value).toBe('')
  expect(counted).toHaveBeenLastCalledWith(4)
})
it('what was typed while it went out stays', async () => {
  const { c } = open()
  c.write('好看')
  const sent = c.send()
  c.write('多少钱')
  arrive({ id: 'cmt_1', text: '好看' })
  await sent
  expect(c.text.value).toBe('多少钱')
})
it('what was refused stays to be sent again; nothing is sent twice or empty', async () => {
  const { c } = open()
  answer.refused = true
  c.write('好看')
  expect(await c.send()).toBe(false)
  expect(c.text.value).toBe('好看')
  answer.refused = false
  void c.send()
  expect(await c.send()).toBe(false)
  c.write('  ')
  expect(await c.send()).toBe(false)
  expect(api.addComment).toHaveBeenCalledTimes(1)
})
