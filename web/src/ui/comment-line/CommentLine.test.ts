import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import CommentLine from './CommentLine.vue'
import type { CommentText } from './types'

const words = { pinned: '置顶', host: '主播', moderator: '场控', asks: '提问', demo: '演示角色说的' }
const line = (over: Partial<CommentText> = {}): CommentText => ({ id: 'a', name: 'Lin', text: 'That glaze is gorgeous', ...over })
const text = (over: Partial<CommentText>, props = {}) => mount(CommentLine, { props: { line: line(over), words, ...props } }).text().replace(/\s+/g, ' ')

describe('a line of talk', () => {
  it('names who speaks and in which role', () => {
    expect(text({ badge: 'host' })).toMatch(/^主播 ?Lin/)
    expect(text({ badge: 'moderator' })).toMatch(/^场控/)
    expect(text({})).toMatch(/^Lin/)
  })
  it('says a question in words, not by colour alone', () => {
    expect(text({ ask: true })).toContain('提问')
  })
  it('counts only repeats', () => {
    expect(text({ n: 1 })).not.toContain('×')
    expect(text({ n: 12 })).toContain('×12')
  })
  it('drops name and face when it is pinned: the room speaks', () => {
    const w = mount(CommentLine, { props: { line: line({ badge: 'host' }), words, pinned: true, face: true } })
    expect(w.text()).toMatch(/^置顶/)
    expect(w.text()).not.toContain('Lin')
    expect(w.find('.avatar').exists()).toBe(false)
  })
  it('never reads what people write as markup', () => {
    const w = mount(CommentLine, { props: { line: line({ text: '<b>x</b>' }), words } })
    expect(w.find('.line__text b').text()).toBe('Lin')
    expect(w.text()).toContain('<b>x</b>')
  })
})
