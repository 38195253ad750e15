import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import * as identity from '@/api/identity'
import { info as readInfo } from '@/api/server'
import { isApiError } from '@/api/client'
import type { DemoRole, Me, ServerInfo } from '@/api/types'
import { noteServerTime } from './clock'

/** Who is here and what this server can do; shared by viewer and console. */
export const useSession = defineStore('session', () => {
  const me = shallowRef<Me>()
  const info = shallowRef<ServerInfo>()
  const ready = ref(false)
  const signedIn = computed(() => me.value !== undefined)
  let loading: Promise<void> | undefined

  async function loadInfo() {
    const sent = Date.now()
    info.value = await readInfo()
    noteServerTime(info.value.now, sent, Date.now())
  }

  async function loadMe() {
    try {
      me.value = await identity.me()
    } catch (err) {
      if (!isApiError(err) || err.status !== 401) throw err
      me.value = undefined
    }
  }

  /** Reads both once; failures leave the visitor signed out and are tried again by the next call. */
  function load(): Promise<void> {
    loading ??= Promise.allSettled([loadInfo(), loadMe()]).then((results) => {
      ready.value = true
      if (results.some((r) => r.status === 'rejected')) loading = undefined
    })
    return loading
  }

  const signUp = async (name: string, login: string, password: string) => {
    me.value = await identity.signUp(name, login, password)
  }
  const signIn = async (login: string, password: string) => {
    me.value = await identity.signIn(login, password)
  }
  const signInAs = async (role: DemoRole) => {
    me.value = await identity.demoSignIn(role)
  }
  async function signOut(everywhere = false) {
    await (everywhere ? identity.signOutEverywhere() : identity.signOut())
    me.value = undefined
  }
  /** Called when any answer said 401: the cookie is gone or was ended elsewhere. */
  function forget() {
    me.value = undefined
  }

  return { me, info, ready, signedIn, load, loadMe, signUp, signIn, signInAs, signOut, forget }
})
