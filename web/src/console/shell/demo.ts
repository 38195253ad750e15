import type { DemoRole } from '@/api/types'

/** Where each demo role starts work; the server's /demo/as links lead to the same pages. */
export const demoHome: Record<DemoRole, string> = {
  viewer: '/',
  host: '/console/live',
  merchant: '/console/shop',
  operator: '/console/operator',
}
