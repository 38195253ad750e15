import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import { answer, asked } from '@/ui/confirm/confirm'
import { useLeaveGuard } from './useLeaveGuard'

vi.mock('../shell/useWords', () => ({ useWords: () => ({ t: (k: string) => k }) }))
const unsaved = ref(true)
const Form = defineComponent({ setup() { useLeaveGuard(() => unsaved.value); return () => h('i') } })

async function open() {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: Form }, { path: '/other', component: { render: () => h('b') } }] })
  await router.push('/')
  mount(RouterView, { global: { plugins: [router] } })
  await router.isReady()
  return router
}

it('stays on no, leaves on yes, and asks only when something would be lost', async () => {
  const router = await open()
  const first = router.push('/other')
  await vi.waitUntil(() => asked.value)
  answer(false)
  await first
  expect(router.currentRoute.value.path).toBe('/')
  const second = router.push('/other')
  await vi.waitUntil(() => asked.value)
  answer(true)
  await second
  expect(router.currentRoute.value.path).toBe('/other')
  unsaved.value = false
  await router.push('/')
  await router.push('/other')
  expect(asked.value).toBeUndefined()
  expect(router.currentRoute.value.path).toBe('/other')
})

it('lets the browser ask when the window closes', async () => {
  unsaved.value = true
  await open()
  const e = new Event('beforeunload', { cancelable: true })
  window.dispatchEvent(e)
  expect(e.defaultPrevented).toBe(true)
})
