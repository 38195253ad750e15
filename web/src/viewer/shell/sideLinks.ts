import type { IconName } from '@/ui/icons/shapes'

/** One's own screens, in the order of the side navigation; `key` is the words' full key. */
export const sideLinks: { to: string; key: string; icon: IconName }[] = [
  { to: '/me', key: 'viewer.tabs.me', icon: 'person' },
  { to: '/orders', key: 'viewer.me.orders', icon: 'receipt' },
  { to: '/me/following', key: 'viewer.me.followed', icon: 'people' },
  { to: '/me/saved', key: 'viewer.me.saved', icon: 'save' },
  { to: '/me/liked', key: 'viewer.me.liked', icon: 'heart' },
  { to: '/me/addresses', key: 'viewer.me.addresses', icon: 'location' },
  { to: '/me/settings', key: 'viewer.me.settings', icon: 'settings' },
]
