const storeKey = 'hawker.known'

/** Whether somebody signed in on this device before: they are asked to sign in, not up. */
export function isKnown(): boolean {
  try {
    return localStorage.getItem(storeKey) !== null
  } catch {
    return false
  }
}

export function remember(): void {
  try {
    localStorage.setItem(storeKey, '1')
  } catch {
    // The next visit begins with signing up; one tap leads to signing in.
  }
}
