import { shallowRef } from 'vue'
import * as api from '@/api/demo'
import { isApiError } from '@/api/client'
import type { DemoWorld } from '@/api/types'

/** How often a page looks whether the world under it is still the same one, and while it is being built. */
const LOOK_MS = 20_000
const BUILD_MS = 700
const FRESH = 'hawker.demo.fresh'

const world = shallowRef<DemoWorld>()
const rebuilding = shallowRef(false)
let born = ''
let watching = 0

/** Everybody begins at the front door of the new world; what they had open is gone. */
function land() {
  try {
    sessionStorage.clear()
    sessionStorage.setItem(FRESH, '1')
  } catch {
    // without storage there is no note, the world is as fresh
  }
  location.assign('/')
}

async function read() {
  try {
    const w = await api.demoWorld()
    if (born && w.born !== born) return land()
    born ||= w.born
    world.value = w
  } catch {
    // away or being built: the next look tells
  }
}

/** One watch for a whole page, however many badges it shows. */
function watch(): () => void {
  if (watching++ === 0) void loop()
  return () => void watching--
}

async function loop() {
  while (watching > 0) {
    if (document.visibilityState === 'visible' || rebuilding.value) await read()
    await new Promise((done) => setTimeout(done, rebuilding.value ? BUILD_MS : LOOK_MS))
  }
}

async function pause(on: boolean) {
  world.value = await api.setDemoLife(on)
}

/** Asks for a fresh world and waits for it; somebody else's request under way is as good as one's own. */
async function reset() {
  rebuilding.value = true
  try {
    await api.resetDemo()
  } catch (err) {
    if (!isApiError(err, 'reset_running')) {
      rebuilding.value = false
      throw err
    }
  }
  for (;;) {
    await new Promise((done) => setTimeout(done, BUILD_MS))
    await read()
  }
}

/** Says once, on the first page of a new world, that it is new. */
function takeFresh(): boolean {
  try {
    const fresh = sessionStorage.getItem(FRESH) === '1'
    sessionStorage.removeItem(FRESH)
    return fresh
  } catch {
    return false
  }
}

/** The sample world under this page: pausing its actors, building it anew, noticing that somebody did. */
export const useDemoWorld = () => ({ world, rebuilding, watch, pause, reset, takeFresh })
