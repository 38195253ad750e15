import { defineStore } from 'pinia'
import { ref } from 'vue'
import { ApiError, isAbort } from '@/api/client'
import { useErrorText } from '@/lib/problem'
import { useSession } from '@/lib/session'
import { toast } from '@/ui/toast/toast'

/** The sign-in sheet: opened by an act that needs an account, answered once. */
export const useAccount = defineStore('account', () => {
  const session = useSession()
  const asking = ref(false)
  let answer: ((signedIn: boolean) => void) | undefined

  /** Resolves true at once for a member, else after the sheet closed. */
  async function ask(): Promise<boolean> {
    if (!session.ready) await session.load()
    if (session.signedIn) return true
    answer?.(false)
    asking.value = true
    return new Promise((resolve) => { answer = resolve })
  }
  function settle() {
    asking.value = false
    answer?.(session.signedIn)
    answer = undefined
  }
  return { asking, ask, settle }
})

/**
 * Runs an act as a member: asks to sign in first, asks again when the cookie turned out to
 * be dead, and says any failure as a toast. Resolves undefined when nothing happened.
 */
export function useMemberAct() {
  const account = useAccount()
  const session = useSession()
  const text = useErrorText()
  return async <T>(act: () => Promise<T>): Promise<T | undefined> => {
    for (let attempt = 0; attempt < 2; attempt++) {
      if (!(await account.ask())) return undefined
      try {
        return await act()
      } catch (err) {
        if (isAbort(err)) return undefined
        if (err instanceof ApiError && err.status === 401) {
          session.forget()
          continue
        }
        toast(text(err), 'bad')
        return undefined
      }
    }
    return undefined
  }
}
