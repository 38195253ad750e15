import { get } from './client'
import type { ServerInfo } from './types'

export const info = () => get<ServerInfo>('/server/info')
