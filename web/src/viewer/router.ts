import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { setGround, type Ground } from '@/lib/theme'

declare module 'vue-router' {
  interface RouteMeta {
    /** Shows the tab bar. */
    tabs?: boolean
    /** The screen's own ground; reading screens are paper, video is always dark. */
    ground?: Ground
    video?: boolean
    /** One component instance for every address of this route. */
    keep?: boolean
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'feed', component: () => import('./feed/FeedScreen.vue'), meta: { tabs: true, video: true, keep: true } },
  { path: '/live', name: 'square', component: () => import('./live/SquareScreen.vue'), meta: { tabs: true } },
  { path: '/live/:id', name: 'room', component: () => import('./live/RoomScreen.vue'), meta: { video: true } },
  { path: '/replay/:id', name: 'replay', component: () => import('./live/RoomScreen.vue'), meta: { video: true } },
  { path: '/create', name: 'create', component: () => import('./create/CreateScreen.vue') },
  { path: '/orders', name: 'orders', component: () => import('./order/OrdersScreen.vue'), meta: { tabs: true, ground: 'light', keep: true } },
  { path: '/orders/:id', name: 'order', component: () => import('./order/OrderScreen.vue'), meta: { ground: 'light' } },
  { path: '/me', name: 'me', component: () => import('./me/MeScreen.vue'), meta: { tabs: true, ground: 'light' } },
  { path: '/me/settings', name: 'settings', component: () => import('./me/SettingsScreen.vue'), meta: { ground: 'light' } },
  { path: '/me/addresses', name: 'addresses', component: () => import('./me/AddressesScreen.vue'), meta: { ground: 'light' } },
  { path: '/me/following', name: 'following', component: () => import('./me/FollowingScreen.vue'), meta: { ground: 'light' } },
  { path: '/me/liked', name: 'liked', component: () => import('./me/KeptPostsScreen.vue'), props: { kind: 'liked' } },
  { path: '/me/saved', name: 'saved', component: () => import('./me/KeptPostsScreen.vue'), props: { kind: 'saved' } },
  { path: '/me/open', name: 'open', component: () => import('./me/OpenScreen.vue'), meta: { ground: 'light' } },
  { path: '/c/:handle', name: 'channel', component: () => import('./channel/ChannelScreen.vue') },
  { path: '/p/:id', name: 'post', component: () => import('./post/PostScreen.vue'), meta: { video: true } },
  { path: '/product/:id', name: 'product', component: () => import('./product/ProductScreen.vue') },
  { path: '/shop/:id', name: 'shop', component: () => import('./shop/ShopScreen.vue') },
  { path: '/tag/:tag', name: 'tag', component: () => import('./post/TagScreen.vue') },
  { path: '/:rest(.*)*', name: 'missing', component: () => import('./shell/MissingScreen.vue') },
]

export const router = createRouter({ history: createWebHistory('/'), routes })

router.afterEach((to) => setGround(to.meta.ground ?? 'dark', to.meta.video === true))

// A new release removes old chunks: a page opened before it reloads once at the address asked for.
router.onError((err, to) => {
  const key = 'hawker.reloaded'
  if (!/dynamically imported|module script/i.test(String(err)) || sessionStorage.getItem(key) === to.fullPath) return
  sessionStorage.setItem(key, to.fullPath)
  location.assign(to.fullPath)
})
