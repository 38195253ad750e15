import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { setGround, type Ground } from '@/lib/theme'
import { announceScreens } from './shell/arrive'
import { keepScroll } from './shell/scroll'
import { sheetsCloseFirst } from './shell/sheets'

declare module 'vue-router' {
  interface RouteMeta {
    /** Shows the tab bar. */
    tabs?: boolean
    /** The screen's own ground; reading screens are paper, video is always dark. */
    ground?: Ground
    video?: boolean
    /** Words of the document's title; without it the screen's own h1 names the page. */
    title?: string
    /** One component instance for every address of this route. */
    keep?: boolean
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'feed', component: () => import('./feed/FeedScreen.vue'), meta: { title: 'viewer.tabs.discover', tabs: true, video: true, keep: true } },
  { path: '/live', name: 'square', component: () => import('./live/SquareScreen.vue'), meta: { title: 'viewer.feed.live', tabs: true } },
  { path: '/live/:id', name: 'room', component: () => import('./live/RoomScreen.vue'), meta: { video: true } },
  { path: '/replay/:id', name: 'replay', component: () => import('./live/RoomScreen.vue'), meta: { video: true } },
  { path: '/create', name: 'create', component: () => import('./create/CreateScreen.vue'), meta: { title: 'viewer.create.title' } },
  { path: '/orders', name: 'orders', component: () => import('./order/OrdersScreen.vue'), meta: { title: 'viewer.order.list', tabs: true, ground: 'light', keep: true } },
  { path: '/orders/:id', name: 'order', component: () => import('./order/OrderScreen.vue'), meta: { title: 'viewer.order.title', ground: 'light' } },
  { path: '/me', name: 'me', component: () => import('./me/MeScreen.vue'), meta: { title: 'viewer.tabs.me', tabs: true, ground: 'light' } },
  { path: '/me/settings', name: 'settings', component: () => import('./me/SettingsScreen.vue'), meta: { title: 'viewer.me.settings', ground: 'light' } },
  { path: '/me/addresses', name: 'addresses', component: () => import('./me/AddressesScreen.vue'), meta: { title: 'viewer.me.addresses', ground: 'light' } },
  { path: '/me/following', name: 'following', component: () => import('./me/FollowingScreen.vue'), meta: { title: 'viewer.me.followed', ground: 'light' } },
  { path: '/me/liked', name: 'liked', component: () => import('./me/KeptPostsScreen.vue'), props: { kind: 'liked' }, meta: { title: 'viewer.me.liked' } },
  { path: '/me/saved', name: 'saved', component: () => import('./me/KeptPostsScreen.vue'), props: { kind: 'saved' }, meta: { title: 'viewer.me.saved' } },
  { path: '/me/open', name: 'open', component: () => import('./me/OpenScreen.vue'), meta: { title: 'viewer.open.title', ground: 'light' } },
  { path: '/me/reservations', name: 'reservations', component: () => import('./notice/ReservationsScreen.vue'), meta: { title: 'viewer.notice.mine', ground: 'light' } },
  { path: '/notice/:id', name: 'notice', component: () => import('./notice/NoticeScreen.vue') },
  { path: '/c/:handle', name: 'channel', component: () => import('./channel/ChannelScreen.vue') },
  { path: '/p/:id', name: 'post', component: () => import('./post/PostScreen.vue'), meta: { video: true } },
  { path: '/product/:id', name: 'product', component: () => import('./product/ProductScreen.vue') },
  { path: '/shop/:id', name: 'shop', component: () => import('./shop/ShopScreen.vue') },
  { path: '/tag/:tag', name: 'tag', component: () => import('./post/TagScreen.vue') },
  { path: '/:rest(.*)*', name: 'missing', component: () => import('./shell/MissingScreen.vue'), meta: { title: 'viewer.missing.title' } },
]

export const router = createRouter({ history: createWebHistory('/'), routes })

const view = () => document.querySelector<HTMLElement>('.app__view')
sheetsCloseFirst(router)
keepScroll(router, view)
announceScreens(router, view)
router.afterEach((to) => setGround(to.meta.ground ?? 'dark', to.meta.video === true))

// A new release removes old chunks: a page opened before it reloads once at the address asked for.
router.onError((err, to) => {
  const key = 'hawker.reloaded'
  if (!/dynamically imported|module script/i.test(String(err)) || sessionStorage.getItem(key) === to.fullPath) return
  sessionStorage.setItem(key, to.fullPath)
  location.assign(to.fullPath)
})
