import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import * as channelApi from '@/api/channel'
import * as shopApi from '@/api/shop'
import { useSession as useAccount } from '@/lib/session'
import { useSession } from './useSession'

vi.mock('@/api/channel')
vi.mock('@/api/shop')

describe('the channel and shop a window works for', () => {
  beforeEach(() => setActivePinia(createPinia()))

  it('are "not known" when they could not be read, and are read again', async () => {
    const account = useAccount()
    account.load = vi.fn(() => Promise.resolve())
    account.me = { user: { id: 'usr_1', name: '阿檐' } } as never
    vi.mocked(channelApi.myChannels).mockResolvedValue({ items: [{ id: 'chn_1' }] } as never)
    vi.mocked(shopApi.myShops).mockRejectedValueOnce(new Error('503'))
    const session = useSession()
    await expect(session.load()).rejects.toThrow('503')
    expect(session.missed.value).toBeInstanceOf(Error)

    vi.mocked(shopApi.myShops).mockResolvedValue({ items: [{ id: 'shp_1' }] } as never)
    await session.load()
    expect(session.missed.value).toBeUndefined()
    expect([session.channel.value?.id, session.shop.value?.id]).toEqual(['chn_1', 'shp_1'])
  })
})
