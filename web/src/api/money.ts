import { get, put } from './client'
import type { LedgerEntry, Page, Payment, SandboxFaults, ShopBalance, WalletAccount } from './types'

/** Longest wait the server allows for one long poll. */
const waitMs = 10_000

/** Waits on the server until the payment leaves `pending`, for at most 10 s. */
export const waitPayment = (id: string, signal?: AbortSignal) =>
  get<Payment>(`/money/payments/${id}`, { waitMs }, { signal, timeoutMs: waitMs + 10_000 })
export const payment = (id: string) => get<Payment>(`/money/payments/${id}`)
export const wallet = () => get<{ accounts: WalletAccount[] }>('/money/wallet')
export const walletEntries = (cursor?: string) => get<Page<LedgerEntry>>('/money/wallet/entries', { cursor })
export const shopBalance = (shopId: string) => get<ShopBalance>(`/money/shops/${shopId}/balance`)
export const shopEntries = (shopId: string, cursor?: string) =>
  get<Page<LedgerEntry>>(`/money/shops/${shopId}/entries`, { cursor })
export const sandboxFaults = () => get<SandboxFaults>('/money/sandbox/faults')
export const setSandboxFaults = (faults: SandboxFaults) => put<SandboxFaults>('/money/sandbox/faults', faults)
