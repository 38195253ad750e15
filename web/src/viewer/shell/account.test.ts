import { createPinia, setActivePinia } from 'pinia'
import { createApp, defineComponent, h } from 'vue'
import { createI18n } from 'vue-i18n'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/client'
import type { Me } from '@/api/types'
import { useSession } from '@/lib/session'
import { useAccount, useMemberAct } from './account'

const me = { user: { id: 'usr_1', name: 'Lin', bio: '', avatarUrl: '' } } as unknown as Me

function setup() {
  const pinia = createPinia()
  setActivePinia(pinia)
  const session = useSession()
  session.ready = true
  let act!: ReturnType<typeof useMemberAct>
  createApp(defineComponent({ setup() { act = useMemberAct(); return () => h('i') } }))
    .use(pinia).use(createI18n({ legacy: false, locale: 'en', messages: { en: { errors: { unknown: 'Failed' } } } })).mount(document.createElement('div'))
  return { session, account: useAccount(), act }
}
/** Lets the promises already settled run. */
const settle = () => new Promise((r) => setTimeout(r))

let world: ReturnType<typeof setup>
beforeEach(() => { world = setup() })

describe('an act that needs an account', () => {
  it('goes on by itself after signing in', async () => {
    const like = vi.fn(async () => 'liked')
    const got = world.act(like)
    await settle()
    expect([world.account.asking, like.mock.calls.length]).toEqual([true, 0])
    world.session.me = me
    world.account.settle()
    expect(await got).toBe('liked')
    expect(world.account.asking).toBe(false)
  })
  it('does not happen when the sheet is closed', async () => {
    const like = vi.fn(async () => 'liked')
    const got = world.act(like)
    await settle()
    world.account.settle()
    expect(await got).toBeUndefined()
    expect(like).not.toHaveBeenCalled()
  })
  it('asks once more when the cookie was dead, then goes on', async () => {
    world.session.me = me
    const like = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new ApiError({ status: 401, code: 'signed_out' })).mockResolvedValue('liked')
    const got = world.act(like)
    await settle()
    expect([world.session.signedIn, world.account.asking]).toEqual([false, true])
    world.session.me = me
    world.account.settle()
    expect(await got).toBe('liked')
    expect(like).toHaveBeenCalledTimes(2)
  })
  it('lets a newer act take the sheet, and drops the older one', async () => {
    const older = world.account.ask()
    await settle()
    const newer = world.account.ask()
    await settle()
    expect(await older).toBe(false)
    world.session.me = me
    world.account.settle()
    expect(await newer).toBe(true)
  })
})
