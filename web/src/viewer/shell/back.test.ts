import { mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { useBack } from './back'

afterEach(() => window.history.replaceState(null, ''))

function world(parent?: string) {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: {} }] })
  let back!: () => void
  mount({ setup() { back = useBack(() => parent); return () => null } }, { global: { plugins: [router] } })
  return { router, go: () => back(), back: vi.spyOn(router, 'back').mockImplementation(() => undefined), replace: vi.spyOn(router, 'replace').mockResolvedValue(undefined) }
}

it('goes to the screen before while there is one in the app', () => {
  window.history.replaceState({ back: '/me' }, '')
  const w = world('/orders')
  w.go()
  expect([w.back.mock.calls.length, w.replace.mock.calls.length]).toEqual([1, 0])
})

it('gives its place to the parent when opened by a link, so that back cannot loop', () => {
  const w = world('/orders')
  w.go()
  expect(w.replace).toHaveBeenCalledWith('/orders')
  expect(w.back).not.toHaveBeenCalled()
})

it('leads home when there is no parent', () => {
  const w = world()
  w.go()
  expect(w.replace).toHaveBeenCalledWith('/')
})
