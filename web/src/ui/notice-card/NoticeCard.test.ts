import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { withWords } from '@/ui/living/testWords'
import NoticeCard from './NoticeCard.vue'
import type { NoticeFace } from './types'

const words = { head: '直播预告', when: '今天 20:00', note: '开播抽十箱', reserve: '预约', reserved: '已预约', takeBack: '已预约，再点一下取消', enter: '进直播' }
const card = (face: NoticeFace, props = {}) =>
  mount(NoticeCard, { props: { notice: { title: '头茬蜜橘开园', coverUrl: '', face }, words, to: '/notice/ntc_1', room: '/live/rom_1', ...props }, global: withWords() })

describe('the notice card', () => {
  it('asks to reserve, and once reserved to take it back', async () => {
    const open = card('open')
    await open.get('button').trigger('click')
    expect(open.emitted('reserve')).toHaveLength(1)
    const kept = card('reserved')
    expect(kept.get('button').attributes('aria-label')).toBe('已预约，再点一下取消')
    await kept.get('button').trigger('click')
    expect(kept.emitted('takeBack')).toHaveLength(1)
    expect(kept.emitted('reserve')).toBeUndefined()
  })
  it('leads into the room while it is on air, and nowhere when it is over', () => {
    const live = card('live')
    expect(live.find('button').exists()).toBe(false)
    expect(live.get('a.ncard__do').attributes('href')).toBe('/live/rom_1')
    expect(card('over').find('.ncard__do').exists()).toBe(false)
  })
  it('swallows a second tap while the first is under way', async () => {
    const w = card('open', { busy: true })
    await w.get('button').trigger('click')
    expect(w.emitted('reserve')).toBeUndefined()
  })
})
