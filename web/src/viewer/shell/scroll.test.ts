import { afterEach, expect, it } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { keepScroll, readTops } from './scroll'

const page = (top = 0) => {
  document.body.innerHTML = '<div id="view"><div class="list inner"></div><div class="still"></div></div>'
  const list = document.querySelector('.list')!
  list.scrollTop = top
  return list
}
afterEach(() => { document.body.innerHTML = '' })

it('notes the scrolled parts by their first class', () => {
  page(240)
  expect(readTops(document.querySelector('#view'))).toEqual([['.list', 240]])
  expect(readTops(null)).toEqual([])
})

it('starts a new screen at the top and shows the old one where it was', async () => {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: {} }, { path: '/b', component: {} }] })
  // The memory history keeps no window.history state, so the test plays its positions.
  const place = (position: number) => window.history.replaceState({ position }, '')
  place(0)
  keepScroll(router, () => document.querySelector('#view'))
  await router.push('/')
  page(300)
  place(1)
  await router.push('/b')
  const fresh = page()
  await new Promise((r) => setTimeout(r, 50))
  expect(fresh.scrollTop).toBe(0)
  place(0)
  const old = page()
  router.back()
  await new Promise((r) => setTimeout(r, 100))
  expect(router.currentRoute.value.path).toBe('/')
  expect(old.scrollTop).toBe(300)
})
