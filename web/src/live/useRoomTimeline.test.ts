import { mount } from '@vue/test-utils'
import { defineComponent } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useRoomTimeline } from './useRoomTimeline'

const opened: string[] = []
class Socket {
  static CONNECTING = 0
  readyState = 1
  onmessage = null
  onclose = null
  onerror = null
  constructor(url: string) { opened.push(url) }
  close() { /* nothing is on the other side */ }
}
beforeEach(() => {
  opened.length = 0
  vi.stubGlobal('WebSocket', Socket)
})
afterEach(() => { vi.unstubAllGlobals() })

function follow(later: boolean) {
  let line: ReturnType<typeof useRoomTimeline> | undefined
  const w = mount(defineComponent({ setup() { line = useRoomTimeline('rom_1', later); return () => null } }))
  if (!line) throw new Error('not mounted')
  return { w, line }
}

it('opens one connection at once', () => {
  const { w } = follow(false)
  expect(opened).toHaveLength(1)
  expect(opened[0]).toContain('/live/rooms/rom_1/ws')
  w.unmount()
})
it('opens nothing before it is told to, and only one however often it is told', () => {
  const { w, line } = follow(true)
  expect(opened).toEqual([])
  line.start()
  line.start()
  expect(opened).toHaveLength(1)
  w.unmount()
})
it('closes quietly when it was never started: an ended room was asked nothing', () => {
  const { w } = follow(true)
  w.unmount()
  expect(opened).toEqual([])
})
