import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router'
import type { Need } from './shell/menu'
import { useSession } from './shell/useSession'

declare module 'vue-router' {
  interface RouteMeta {
    /** What the page needs; without it the shell shows why and where to go. */
    need?: Need
    /** No menu around it: sign-in. */
    bare?: boolean
    /** The live console: rail menu, dark ground. */
    live?: boolean
  }
}

const page = (path: string, need: Need, component: RouteRecordRaw['component'], meta: object = {}): RouteRecordRaw =>
  ({ path: `/console${path}`, name: path, component, meta: { need, ...meta } }) as RouteRecordRaw

const routes: RouteRecordRaw[] = [
  { path: '/console', redirect: '/console/home' },
  page('/sign-in', 'none', () => import('./sign-in/SignInPage.vue'), { bare: true }),
  page('/home', 'none', () => import('./home/HomePage.vue')),
  page('/content', 'channel', () => import('./content-list/ContentPage.vue')),
  page('/content/publish', 'channel', () => import('./content-publish/PublishPage.vue')),
  page('/live', 'channel', () => import('./live-list/SessionsPage.vue')),
  page('/live/new', 'channel', () => import('./live-prepare/PreparePage.vue')),
  page('/live/notices', 'channel', () => import('./live-notice/NoticesPage.vue')),
  page('/live/notices/new', 'channel', () => import('./live-notice/NoticeEditPage.vue')),
  page('/live/notices/:id', 'channel', () => import('./live-notice/NoticePage.vue')),
  page('/live/notices/:id/edit', 'channel', () => import('./live-notice/NoticeEditPage.vue')),
  page('/live/:id', 'channel', () => import('./live-console/LivePage.vue'), { live: true }),
  page('/live/:id/summary', 'channel', () => import('./live-summary/SummaryPage.vue')),
  page('/shop', 'shop', () => import('./shop-home/ShopHomePage.vue')),
  page('/shop/open', 'none', () => import('./shop-open/OpenShopPage.vue')),
  page('/shop/products', 'shop', () => import('./product-list/ProductsPage.vue')),
  page('/shop/products/new', 'shop', () => import('./product-edit/ProductPage.vue')),
  page('/shop/products/:id', 'shop', () => import('./product-edit/ProductPage.vue')),
  page('/shop/orders', 'shop', () => import('./order-list/OrdersPage.vue')),
  page('/shop/refunds', 'shop', () => import('./refund-list/RefundsPage.vue')),
  page('/shop/finance', 'shop', () => import('./finance-show/FinancePage.vue')),
  page('/shop/settings', 'shop', () => import('./shop-settings/ShopSettingsPage.vue')),
  page('/operator', 'operator', () => import('./operator/OverviewPage.vue')),
  page('/operator/users', 'operator', () => import('./operator/UsersPage.vue')),
  page('/operator/rooms', 'operator', () => import('./operator/RoomsPage.vue')),
  page('/operator/posts', 'operator', () => import('./operator/PostsPage.vue')),
  page('/operator/comments', 'operator', () => import('./operator/CommentsPage.vue')),
  page('/operator/orders', 'operator', () => import('./operator/AllOrdersPage.vue')),
  page('/operator/ledger', 'operator', () => import('./operator/LedgerPage.vue')),
  page('/operator/stuck', 'operator', () => import('./operator/StuckPage.vue')),
  page('/operator/log', 'operator', () => import('./operator/LogPage.vue')),
  page('/operator/sandbox', 'operator', () => import('./operator/SandboxPage.vue')),
  page('/settings', 'none', () => import('./settings/ProfilePage.vue')),
  page('/settings/channel', 'channel', () => import('./settings/ChannelPage.vue')),
  page('/settings/channel/new', 'none', () => import('./settings/NewChannelPage.vue')),
  page('/settings/team', 'none', () => import('./settings/TeamPage.vue')),
  page('/settings/sessions', 'none', () => import('./settings/SessionsPage.vue')),
  { path: '/console/:rest(.*)*', component: () => import('./shell/LostPage.vue') },
]

export function makeRouter(): Router {
  const router = createRouter({ history: createWebHistory(), routes, scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 } })
  router.beforeEach(async (to) => {
    const session = useSession()
    await session.load().catch(() => undefined) // the page itself reports what it could not read
    // No answer is not a sign-out: the shell says so and what is typed in the address stays.
    if (!session.info.value) return true
    const inside = session.me.value !== undefined
    if (!inside && to.name !== '/sign-in') return { path: '/console/sign-in', query: { next: to.fullPath } }
    if (inside && to.name === '/sign-in') return safeNext(to.query.next)
    return true
  })
  return router
}

/** Only our own pages: an address from outside must not send a fresh session anywhere else. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/console\/(?!sign-in)[\w\-/?=&.%]*$/.test(next) ? next : '/console/home'
}
