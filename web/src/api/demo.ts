import { get, post, put } from './client'
import type { DemoWorld } from './types'

export const demoWorld = () => get<DemoWorld>('/demo')
export const setDemoLife = (paused: boolean) => put<DemoWorld>('/demo/life', { paused })
/** Asks for a fresh sample world; the server goes away for some seconds and comes back with another `born`. */
export const resetDemo = () => post<DemoWorld>('/demo/reset')
