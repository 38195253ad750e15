import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { keepIntent } from '@/api/intent'
import { publish } from '@/api/channel'
import { upload, uploadImage, uploadImageOnce, type UploadHandle } from '@/api/media'
import type { Asset, Post } from '@/api/types'
import { useErrorText } from '@/lib/problem'
import { isAbort } from '@/api/client'
import { parseTags } from './cover'

export const pictureLimit = 9
export interface Pick { id: number; file: File; url: string; share: number; asset?: Asset; failure?: string }

/** A post in the making: files upload while the words are written. */
export function usePublish() {
  const errorText = useErrorText()
  const kind = ref<'video' | 'pictures'>()
  const picks = shallowRef<Pick[]>([])
  const text = ref('')
  const tags = ref('')
  const productId = ref<string>()
  const cover = shallowRef<{ blob: Blob; url: string }>()
  const busy = ref(false)
  const failure = ref('')
  const handles = new Map<number, UploadHandle>()
  let lastId = 0
  const intent = keepIntent()

  const patch = (id: number, change: Partial<Pick>) => { picks.value = picks.value.map((p) => (p.id === id ? { ...p, ...change } : p)) }
  const ready = computed(() => picks.value.length > 0 && picks.value.every((p) => p.asset))

  async function start(pick: Pick) {
    patch(pick.id, { failure: undefined, share: 0 })
    try {
      let asset: Asset
      if (kind.value === 'video') {
        const handle = upload(pick.file, 'post', (share) => patch(pick.id, { share }))
        handles.set(pick.id, handle)
        asset = await handle.done
      } else {
        asset = await uploadImage(pick.file)
      }
      patch(pick.id, { asset, share: 1 })
    } catch (err) {
      if (!isAbort(err)) patch(pick.id, { failure: errorText(err) })
    }
  }
  function add(files: File[]) {
    const video = files.find((f) => f.type.startsWith('video/'))
    if (video && kind.value === 'pictures') return
    kind.value ??= video ? 'video' : 'pictures'
    const room = kind.value === 'video' ? 1 - picks.value.length : pictureLimit - picks.value.length
    const chosen = (kind.value === 'video' ? (video ? [video] : []) : files.filter((f) => f.type.startsWith('image/'))).slice(0, Math.max(0, room))
    const fresh = chosen.map((file) => ({ id: ++lastId, file, url: URL.createObjectURL(file), share: 0 }))
    picks.value = [...picks.value, ...fresh]
    for (const p of fresh) void start(p)
  }
  function drop(id: number) {
    handles.get(id)?.abort()
    handles.delete(id)
    const gone = picks.value.find((p) => p.id === id)
    if (gone) URL.revokeObjectURL(gone.url)
    picks.value = picks.value.filter((p) => p.id !== id)
    if (!picks.value.length) {
      kind.value = undefined
      setCover(undefined)
    }
  }
  function setCover(blob: Blob | undefined) {
    if (cover.value) URL.revokeObjectURL(cover.value.url)
    cover.value = blob ? { blob, url: URL.createObjectURL(blob) } : undefined
  }
  async function send(channelId: string): Promise<Post | undefined> {
    if (busy.value || !kind.value || !ready.value) return undefined
    busy.value = true
    failure.value = ''
    try {
      const coverAssetId = cover.value ? (await uploadImageOnce(cover.value.blob)).id : undefined
      return await intent({
        kind: kind.value, text: text.value.trim(), tags: parseTags(tags.value), productId: productId.value, coverAssetId,
        assetIds: picks.value.flatMap((p) => (p.asset ? [p.asset.id] : [])),
      }, (input, key) => publish(channelId, input, key))
    } catch (err) {
      failure.value = errorText(err)
      return undefined
    } finally {
      busy.value = false
    }
  }
  onScopeDispose(() => {
    for (const h of handles.values()) h.abort()
    for (const p of picks.value) URL.revokeObjectURL(p.url)
    setCover(undefined)
  })
  return { kind, picks, text, tags, productId, cover, busy, failure, ready, add, drop, retry: start, setCover, send }
}
