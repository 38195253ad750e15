import { afterEach, expect, it } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { sheetsCloseFirst } from './sheets'

afterEach(() => { document.body.innerHTML = '' })

async function world() {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: {} }, { path: '/b', component: {} }, { path: '/c', component: {} }] })
  sheetsCloseFirst(router)
  await router.push('/')
  await router.push('/b')
  return router
}
function sheet() {
  const dialog = document.createElement('dialog')
  document.body.append(dialog)
  dialog.showModal()
  return dialog
}
const passed = () => new Promise((r) => setTimeout(r, 20))

it('closes the sheet and stays, then goes back', async () => {
  const router = await world()
  const dialog = sheet()
  router.back()
  await passed()
  expect([dialog.open, router.currentRoute.value.path]).toEqual([false, '/b'])
  router.back()
  await passed()
  expect(router.currentRoute.value.path).toBe('/')
})

it('closes the topmost sheet only', async () => {
  const router = await world()
  const [below, above] = [sheet(), sheet()]
  router.back()
  await passed()
  expect([below.open, above.open, router.currentRoute.value.path]).toEqual([true, false, '/b'])
})

it('lets a link inside a sheet lead on', async () => {
  const router = await world()
  sheet()
  await router.push('/c')
  expect(router.currentRoute.value.path).toBe('/c')
})
