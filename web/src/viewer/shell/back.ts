import { useRouter } from 'vue-router'

/**
 * The way back. Inside the app it is the screen before; opened by a link there is none, and the
 * parent takes this screen's place in the history, so that back neither leaves the app nor loops.
 */
export function useBack(parent?: () => string | undefined): () => void {
  const router = useRouter()
  return () => {
    if (window.history.state?.back) router.back()
    else void router.replace(parent?.() ?? '/')
  }
}
