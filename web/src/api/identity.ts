import { del, get, patch, post, put } from './client'
import type { DemoRole, Me, Page, Session, TeamMember, TeamRole } from './types'

export const signUp = (name: string, login: string, password: string) =>
  post<Me>('/identity/sign-up', { name, login, password })
export const signIn = (login: string, password: string) => post<Me>('/identity/sign-in', { login, password })
export const signOut = () => post<void>('/identity/sign-out')
export const signOutEverywhere = () => post<void>('/identity/sign-out-everywhere')
export const demoSignIn = (role: DemoRole) => post<Me>(`/identity/demo/${role}`)

/** Refuses with status 401 when nobody is signed in. */
export const me = () => get<Me>('/identity/me')
export const updateMe = (change: { name?: string; bio?: string; avatarAssetId?: string; locale?: string }) =>
  patch<Me>('/identity/me', change)

export const sessions = () => get<Page<Session>>('/identity/sessions')
export const endSession = (id: string) => del<void>(`/identity/sessions/${id}`)

export type TeamKind = 'channel' | 'shop'
export const team = (kind: TeamKind, id: string) => get<Page<TeamMember>>('/identity/team', { kind, id })
export const putMember = (kind: TeamKind, id: string, login: string, role: TeamRole) =>
  put<TeamMember>('/identity/team', { kind, id, login, role })
export const removeMember = (kind: TeamKind, id: string, userId: string) =>
  del<void>('/identity/team', { kind, id, userId })
