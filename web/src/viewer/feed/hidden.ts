const storeKey = 'hawker.hidden'
/** Enough for months of "not interested" without growing for ever. */
const limit = 500

function read(): string[] {
  try {
    const got: unknown = JSON.parse(localStorage.getItem(storeKey) ?? '[]')
    return Array.isArray(got) ? got.filter((id): id is string => typeof id === 'string') : []
  } catch {
    return []
  }
}

/** Posts this person asked not to see here again; kept on this device only. */
export const isHidden = (postId: string) => read().includes(postId)

export function hide(postId: string): void {
  try {
    localStorage.setItem(storeKey, JSON.stringify([...read().filter((id) => id !== postId), postId].slice(-limit)))
  } catch {
    // The post is gone from this list anyway.
  }
}
export function unhide(postId: string): void {
  try {
    localStorage.setItem(storeKey, JSON.stringify(read().filter((id) => id !== postId)))
  } catch {
    // Nothing was stored, so nothing has to be taken back.
  }
}
