import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { asset as readAsset } from '@/api/media'
import { ApiError } from '@/api/client'
import type { Asset } from '@/api/types'
import { resumable, type Resumable } from './resumable'
import { speedMeter } from './speed'

export type UploadState = 'idle' | 'sending' | 'paused' | 'waiting' | 'ready' | 'refused'

/** The server needs a moment after the last byte; asking this often keeps "playable" within a second. */
const READY_POLL_MS = 250
const READY_POLLS = 240

/** One video on its way: bytes, speed, time left, pause, and the asset when it plays. */
export function useUpload() {
  const state = ref<UploadState>('idle')
  const sent = ref(0)
  const total = ref(0)
  const bytesPerS = ref(0)
  const leftS = ref<number>()
  const asset = shallowRef<Asset>()
  const problem = shallowRef<ApiError>()
  const meter = speedMeter()
  let current: Resumable | undefined
  let turn = 0

  function start(file: File) {
    cancel()
    const mine = ++turn
    let assetId = ''
    state.value = 'sending'
    problem.value = undefined
    total.value = file.size
    current = resumable({
      file,
      purpose: 'post',
      onAsset: (id) => (assetId = id),
      onProgress: (n, of) => mine === turn && progress(n, of),
      onDone: () => mine === turn && void untilReady(assetId, mine),
      onFailed: (p) => mine === turn && refuse(p),
    })
    void current.start()
  }

  function progress(n: number, of: number) {
    sent.value = n
    const speed = meter.add(performance.now(), n, of)
    if (speed.bytesPerS > 0) {
      bytesPerS.value = speed.bytesPerS
      leftS.value = speed.leftS
    }
  }

  async function untilReady(id: string, mine: number) {
    state.value = 'waiting'
    for (let i = 0; i < READY_POLLS && mine === turn; i++) {
      const got = await readAsset(id).catch(() => undefined)
      if (mine !== turn) return
      if (got?.state === 'ready') {
        asset.value = got
        state.value = 'ready'
        return
      }
      if (got?.state === 'refused') return refuse(new ApiError({ status: 422, code: got.code ?? 'media_refused' }))
      await new Promise((next) => setTimeout(next, READY_POLL_MS))
    }
    if (mine === turn) refuse(new ApiError({ status: 0, code: 'timeout' }))
  }

  function refuse(p: ApiError) {
    problem.value = p
    state.value = 'refused'
  }

  function pause() {
    current?.pause()
    meter.reset()
    state.value = 'paused'
  }

  function resume() {
    problem.value = undefined
    state.value = 'sending'
    current?.resume()
  }

  function cancel() {
    turn++
    if (state.value === 'sending' || state.value === 'paused') current?.cancel()
    current = undefined
    meter.reset()
    asset.value = undefined
    problem.value = undefined
    sent.value = 0
    bytesPerS.value = 0
    leftS.value = undefined
    state.value = 'idle'
  }

  // Leaving the page keeps what was sent: the same file dropped again goes on from there.
  onScopeDispose(() => {
    turn++
    if (state.value === 'sending') current?.pause()
  })

  return { state, sent, total, bytesPerS, leftS, asset, problem, share: computed(() => (total.value ? sent.value / total.value : 0)), start, pause, resume, cancel }
}
