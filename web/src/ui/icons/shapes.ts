// The icon set: 24 px grid, 2 px round stroke, current colour; filled only for state.
// Shapes are data, not markup, so that no screen ever needs v-html.

export type Node = readonly [tag: string, attrs: Record<string, string>, children?: readonly Node[]]
/** `line` icons share the set's stroke; the others carry their own paint. */
export interface IconShape { readonly box: string; readonly line: boolean; readonly nodes: readonly Node[] }

const line = (...nodes: Node[]): IconShape => ({ box: '0 0 24 24', line: true, nodes })

export type IconName =
  | 'search' | 'more' | 'heart' | 'comment' | 'save' | 'share' | 'discover' | 'message'
  | 'person' | 'bag' | 'gift' | 'close' | 'chevron-right' | 'chevron-left' | 'chevron-down' | 'chevron-up'
  | 'plus' | 'minus' | 'check' | 'bell' | 'clock' | 'pin' | 'truck' | 'parcel'
  | 'wallet' | 'coupon' | 'location' | 'contact' | 'people' | 'eye' | 'pause' | 'play'
  | 'volume' | 'fullscreen' | 'minimise' | 'cast' | 'calendar' | 'receipt' | 'refund' | 'store'
  | 'star' | 'settings' | 'qr-code' | 'copy' | 'review' | 'bank-card' | 'music' | 'article'
  | 'lucky-bag' | 'layout-cards' | 'microphone' | 'support' | 'cart' | 'ranking' | 'shield' | 'heart-filled'
  | 'history' | 'live' | 'verified' | 'bean' | 'volume-off' | 'trash' | 'edit' | 'image'
  | 'camera' | 'warning' | 'offline' | 'globe' | 'moon' | 'logout' | 'send' | 'link'
  | 'eye-off'
  // A desk's marks.
  | 'home' | 'broadcast' | 'panel' | 'sun' | 'download' | 'upload' | 'grip' | 'reply'
  | 'chart' | 'yen' | 'stop' | 'film' | 'keyboard' | 'bug'

export const shapes: Record<IconName, IconShape> = {
  search: line(['circle', { cx: '11', cy: '11', r: '6.5' }], ['path', { d: 'm16 16 4.5 4.5' }]),
  more: line(['g', { fill: 'currentColor', stroke: 'none' }, [['circle', { cx: '5.5', cy: '12', r: '1.7' }], ['circle', { cx: '12', cy: '12', r: '1.7' }], ['circle', { cx: '18.5', cy: '12', r: '1.7' }]]]),
  heart: line(['path', { d: 'M12 20.2S3.8 15.6 3.8 9.7A4.5 4.5 0 0 1 12 7.2a4.5 4.5 0 0 1 8.2 2.5c0 5.9-8.2 10.5-8.2 10.5Z' }]),
  comment: line(['path', { d: 'M4 11.4C4 7.3 7.6 4.4 12 4.4s8 2.9 8 7-3.6 7-8 7c-.9 0-1.8-.1-2.6-.4L5 20.2l.9-3.8A6.6 6.6 0 0 1 4 11.4Z' }]),
  save: line(['path', { d: 'M7 4h10a1.2 1.2 0 0 1 1.2 1.2V20L12 15.7 5.8 20V5.2A1.2 1.2 0 0 1 7 4Z' }]),
  share: line(['path', { d: 'm13.5 4.8 7.2 6.7-7.2 6.7v-4c-5 0-8 1.5-10.2 5 .2-6.2 3.6-9.5 10.2-9.9V4.8Z' }]),
  discover: line(['rect', { x: '4', y: '4', width: '16', height: '16', rx: '5' }], ['path', { d: 'm10.3 9 4.7 3-4.7 3V9Z', fill: 'currentColor' }]),
  message: line(['path', { d: 'M4 11.4C4 7.3 7.6 4.4 12 4.4s8 2.9 8 7-3.6 7-8 7c-.9 0-1.8-.1-2.6-.4L5 20.2l.9-3.8A6.6 6.6 0 0 1 4 11.4Z' }], ['path', { d: 'M9 11.5h6' }]),
  person: line(['circle', { cx: '12', cy: '8', r: '3.7' }], ['path', { d: 'M4.8 20c.6-3.9 3.5-6 7.2-6s6.6 2.1 7.2 6' }]),
  bag: line(['path', { d: 'M5.3 8.5h13.4l-.8 10a1.6 1.6 0 0 1-1.6 1.5H7.7a1.6 1.6 0 0 1-1.6-1.5l-.8-10Z' }], ['path', { d: 'M8.7 8.5v-1a3.3 3.3 0 0 1 6.6 0v1' }]),
  gift: line(['rect', { x: '4', y: '8.5', width: '16', height: '4.5', rx: '1.2' }], ['path', { d: 'M5.5 13v5.5A1.5 1.5 0 0 0 7 20h10a1.5 1.5 0 0 0 1.5-1.5V13M12 8.5V20M12 8.5S10.9 4 8.6 4 5.9 7.4 7.6 8.5M12 8.5S13.1 4 15.4 4s2.7 3.4 1 4.5' }]),
  close: line(['path', { d: 'm6 6 12 12M18 6 6 18' }]),
  'chevron-right': line(['path', { d: 'm9.5 5.5 6.5 6.5-6.5 6.5' }]),
  'chevron-left': line(['path', { d: 'M14.5 5.5 8 12l6.5 6.5' }]),
  'chevron-down': line(['path', { d: 'm5.5 9.5 6.5 6.5 6.5-6.5' }]),
  'chevron-up': line(['path', { d: 'm5.5 14.5L12 8l6.5 6.5' }]),
  plus: line(['path', { d: 'M12 5v14M5 12h14' }]),
  minus: line(['path', { d: 'M5 12h14' }]),
  check: line(['path', { d: 'm5 12.5 4.7 4.7L19 7.8' }]),
  bell: line(['path', { d: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15L6 16.5ZM10 20.7h4' }]),
  clock: line(['circle', { cx: '12', cy: '12', r: '8' }], ['path', { d: 'M12 7.5V12l3 2' }]),
  pin: line(['path', { d: 'M12 20.5V14M7.3 14h9.4l-1.7-3V5h-6v6l-1.7 3Z' }]),
  truck: line(['path', { d: 'M5.5 17H4.5a1 1 0 0 1-1-1V7.5a1 1 0 0 1 1-1h8a1 1 0 0 1 1 1V17h-4M13.5 10h3.4a1 1 0 0 1 .7.3l2.6 2.6a1 1 0 0 1 .3.7V16a1 1 0 0 1-1 1h-.8M14.7 17h-1.2' }], ['circle', { cx: '7.5', cy: '17', r: '2' }], ['circle', { cx: '16.7', cy: '17', r: '2' }]),
  parcel: line(['path', { d: 'M4.5 8 12 4l7.5 4v8L12 20l-7.5-4V8ZM4.5 8 12 12l7.5-4M12 12v8' }]),
  wallet: line(['path', { d: 'M4 7.5A2.5 2.5 0 0 1 6.5 5H17v3M4 7.5V17a2.5 2.5 0 0 0 2.5 2.5h12A1.5 1.5 0 0 0 20 18V9.5A1.5 1.5 0 0 0 18.5 8h-14Z' }], ['circle', { cx: '16', cy: '13.8', r: '1.3', fill: 'currentColor', stroke: 'none' }]),
  coupon: line(['path', { d: 'M4 8a1.5 1.5 0 0 1 1.5-1.5h13A1.5 1.5 0 0 1 20 8v2a2 2 0 0 0 0 4v2a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 16v-2a2 2 0 0 0 0-4V8ZM14 10v.1M14 13.9v.1' }]),
  location: line(['path', { d: 'M12 20.5s-6.5-5.6-6.5-10.3a6.5 6.5 0 0 1 13 0c0 4.7-6.5 10.3-6.5 10.3Z' }], ['circle', { cx: '12', cy: '10', r: '2.3' }]),
  contact: line(['circle', { cx: '10', cy: '8', r: '3.5' }], ['path', { d: 'M3.5 19.5c.5-3.6 3-5.5 6.5-5.5 1.4 0 2.6.3 3.6.9M18 14v6M15 17h6' }]),
  people: line(['circle', { cx: '9', cy: '8.5', r: '3.2' }], ['path', { d: 'M3.2 19c.4-3.3 2.7-5 5.8-5s5.4 1.7 5.8 5M15.5 5.6a3.2 3.2 0 0 1 0 5.8M17.4 14.3c2 .6 3.2 2.2 3.4 4.7' }]),
  eye: line(['path', { d: 'M2.8 12S6 5.8 12 5.8 21.2 12 21.2 12 18 18.2 12 18.2 2.8 12 2.8 12Z' }], ['circle', { cx: '12', cy: '12', r: '2.7' }]),
  pause: line(['path', { d: 'M8.5 5.5v13M15.5 5.5v13', 'stroke-width': '3' }]),
  play: line(['path', { d: 'M7.5 5.3v13.4L18.5 12 7.5 5.3Z', fill: 'currentColor' }]),
  volume: line(['path', { d: 'M4 9.5h3.5L12 5.5v13l-4.5-4H4v-5ZM15.5 9a4 4 0 0 1 0 6M18 6.5a7.5 7.5 0 0 1 0 11' }]),
  fullscreen: line(['path', { d: 'M4.5 9V4.5H9M15 4.5h4.5V9M19.5 15v4.5H15M9 19.5H4.5V15' }]),
  minimise: line(['rect', { x: '3.5', y: '5', width: '17', height: '14', rx: '2.5' }], ['rect', { x: '11.5', y: '11.5', width: '6', height: '4.5', rx: '1', fill: 'currentColor', stroke: 'none' }]),
  cast: line(['path', { d: 'M4 8V6.5A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.5v11a1.5 1.5 0 0 1-1.5 1.5H14M4 12a7 7 0 0 1 7 7M4 15.8A3.2 3.2 0 0 1 7.2 19' }]),
  calendar: line(['rect', { x: '4', y: '5.5', width: '16', height: '14.5', rx: '2.5' }], ['path', { d: 'M4 10h16M8.5 3.5v4M15.5 3.5v4' }]),
  receipt: line(['path', { d: 'M6 4h12v16l-2-1.5-2 1.5-2-1.5-2 1.5-2-1.5L6 20V4ZM9.5 9h5M9.5 13h5' }]),
  refund: line(['path', { d: 'M8.5 4.5 4.5 8.5l4 4M4.5 8.5H14a5.5 5.5 0 0 1 0 11H8' }]),
  store: line(['path', { d: 'M3.8 9.5 5.5 4.5h13l1.7 5M3.8 9.5a2.73 2.73 0 0 0 5.47 0 2.73 2.73 0 0 0 5.46 0 2.73 2.73 0 0 0 5.47 0M5.5 12.5v7h13v-7' }]),
  star: line(['path', { d: 'm12 4 2.5 5.1 5.6.8-4.05 3.95.95 5.6L12 16.8l-5 2.65.95-5.6L3.9 9.9l5.6-.8L12 4Z' }]),
  settings: line(['circle', { cx: '12', cy: '12', r: '3' }], ['path', { d: 'M12 3.5v2.3M12 18.2v2.3M3.5 12h2.3M18.2 12h2.3M6 6l1.6 1.6M16.4 16.4 18 18M18 6l-1.6 1.6M7.6 16.4 6 18' }]),
  'qr-code': line(['rect', { x: '4', y: '4', width: '6', height: '6', rx: '1.2' }], ['rect', { x: '14', y: '4', width: '6', height: '6', rx: '1.2' }], ['rect', { x: '4', y: '14', width: '6', height: '6', rx: '1.2' }], ['path', { d: 'M14 14h2.5v2.5M20 14v2M14 20h2M19.9 20h.1' }]),
  copy: line(['rect', { x: '8.5', y: '8.5', width: '11', height: '11', rx: '2' }], ['path', { d: 'M15.5 8.5v-2a2 2 0 0 0-2-2h-7a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h2' }]),
  review: line(['path', { d: 'M4 6.5A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.5v9a1.5 1.5 0 0 1-1.5 1.5H11l-4.5 3.5V17h-1A1.5 1.5 0 0 1 4 15.5v-9ZM8.5 9.5h7M8.5 12.9h4' }]),
  'bank-card': line(['rect', { x: '3.5', y: '5.5', width: '17', height: '13', rx: '2.5' }], ['path', { d: 'M3.5 10h17M7 14.5h3' }]),
  music: line(['path', { d: 'M9 17.5V6l10-2v11.5' }], ['circle', { cx: '6.5', cy: '17.5', r: '2.5' }], ['circle', { cx: '16.5', cy: '15.5', r: '2.5' }]),
  article: line(['path', { d: 'M6 4h8.5L19 8.5V20H6V4ZM14 4v5h5M9 13h7M9 16.5h5' }]),
  'lucky-bag': line(['path', { d: 'M8.6 8.5C5.7 11 4.3 13.5 4.3 15.7c0 3 2.7 4.6 7.7 4.6s7.7-1.6 7.7-4.6c0-2.2-1.4-4.7-4.3-7.2M7.6 8.5h8.8M9.2 8.5 7.5 4.2l2.8 1.5L12 4l1.7 1.7 2.8-1.5-1.7 4.3M12 12.5v4.5M9.8 14.7h4.4' }]),
  'layout-cards': line(['rect', { x: '4', y: '4', width: '16', height: '7', rx: '2' }], ['rect', { x: '4', y: '14', width: '7', height: '6', rx: '2' }], ['rect', { x: '14', y: '14', width: '6', height: '6', rx: '2' }]),
  microphone: line(['rect', { x: '9', y: '3.5', width: '6', height: '10.5', rx: '3' }], ['path', { d: 'M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v2.5' }]),
  support: line(['path', { d: 'M5 14v-2a7 7 0 0 1 14 0v2' }], ['rect', { x: '3.8', y: '13.5', width: '3.6', height: '5', rx: '1.7' }], ['rect', { x: '16.6', y: '13.5', width: '3.6', height: '5', rx: '1.7' }]),
  cart: line(['path', { d: 'M3.5 5h2.2l2 10.2a1.5 1.5 0 0 0 1.5 1.2h7.9a1.5 1.5 0 0 0 1.5-1.2L20 8.5H6.5' }], ['path', { d: 'M9.5 20h.1M17 20h.1', 'stroke-width': '2.6' }]),
  ranking: line(['path', { d: 'M8 20V10H3.5v10M8 20V4.5h8V20M16 20v-7h4.5v7M3 20h18' }]),
  shield: line(['path', { d: 'M12 3.5 19 6v5.5c0 4.5-3 7.5-7 9-4-1.5-7-4.5-7-9V6l7-2.5ZM8.8 12l2.3 2.3 4.2-4.4' }]),
  'heart-filled': line(['path', { d: 'M12 20.2S3.8 15.6 3.8 9.7A4.5 4.5 0 0 1 12 7.2a4.5 4.5 0 0 1 8.2 2.5c0 5.9-8.2 10.5-8.2 10.5Z', fill: 'currentColor' }]),
  history: line(['path', { d: 'M4.5 12a7.5 7.5 0 1 0 2.3-5.4L4.5 8.8M4.5 4.5v4.3h4.3M12 8v4.3l2.8 1.7' }]),
  live: { box: '0 0 12 12', line: false, nodes: [['g', { fill: 'currentColor' }, [['rect', { x: '1', y: '5', width: '2.4', height: '6', rx: '1.2' }], ['rect', { x: '4.8', y: '1', width: '2.4', height: '10', rx: '1.2' }], ['rect', { x: '8.6', y: '3.5', width: '2.4', height: '7.5', rx: '1.2' }]]]] },
  verified: { box: '0 0 24 24', line: false, nodes: [['path', { d: 'M8.71 4.05A3.4 3.4 0 0 1 15.29 4.05A3.4 3.4 0 0 1 19.95 8.71A3.4 3.4 0 0 1 19.95 15.29A3.4 3.4 0 0 1 15.29 19.95A3.4 3.4 0 0 1 8.71 19.95A3.4 3.4 0 0 1 4.05 15.29A3.4 3.4 0 0 1 4.05 8.71A3.4 3.4 0 0 1 8.71 4.05Z', fill: 'var(--hk-verify)' }], ['path', { d: 'm8 12.3 2.8 2.8L16.2 9.4', fill: 'none', stroke: '#fff', 'stroke-width': '2.4', 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }]] },
  bean: { box: '0 0 24 24', line: false, nodes: [['g', { transform: 'rotate(-32 12 12)' }, [['ellipse', { cx: '12', cy: '12', rx: '7.4', ry: '10', fill: '#F5B400' }], ['path', { d: 'M12.6 3.5c-3 4 2.2 7.6-.4 16.8', fill: 'none', stroke: '#8A5600', 'stroke-width': '2', 'stroke-linecap': 'round' }], ['path', { d: 'M7.6 7.8a6 6 0 0 1 2-2.6', fill: 'none', stroke: '#FFE39A', 'stroke-width': '1.8', 'stroke-linecap': 'round' }]]]] },
  'volume-off': line(['path', { d: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5H4ZM16 9.5l5 5M21 9.5l-5 5' }]),
  trash: line(['path', { d: 'M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13M10 11v5M14 11v5' }]),
  edit: line(['path', { d: 'M4.5 19.5h4L19 9l-4-4L4.5 15.5v4ZM13 7l4 4' }]),
  image: line(['rect', { x: '4', y: '5', width: '16', height: '14', rx: '2.5' }], ['circle', { cx: '9', cy: '10', r: '1.6' }], ['path', { d: 'm4.5 17 5-4.5 3.5 3 3-2.5 3.5 3' }]),
  camera: line(['rect', { x: '3.5', y: '6.5', width: '11.5', height: '11', rx: '2.5' }], ['path', { d: 'm15 11 5.5-3v8L15 13' }]),
  warning: line(['path', { d: 'M12 4.5 21 19.5H3L12 4.5ZM12 10v4.5M12 17.2h.1' }]),
  offline: line(['path', { d: 'M4 10a12 12 0 0 1 4-2.4M12 6.5c3 0 5.8 1.2 8 3.5M7.5 13.5a6.5 6.5 0 0 1 3-1.7M16.5 13.5a6.5 6.5 0 0 0-1.5-1.1M12 18h.1M4 4l16 16' }]),
  globe: line(['circle', { cx: '12', cy: '12', r: '8' }], ['path', { d: 'M4 12h16M12 4c2.5 2.3 3.5 5 3.5 8s-1 5.7-3.5 8c-2.5-2.3-3.5-5-3.5-8s1-5.7 3.5-8Z' }]),
  moon: line(['path', { d: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z' }]),
  logout: line(['path', { d: 'M14 5H6.5v14H14M10.5 12H20M17 8.5l3.5 3.5-3.5 3.5' }]),
  send: line(['path', { d: 'M4.5 12 20 4.5 15.5 20l-4-6.5-7-1.5ZM11.5 13.5 20 4.5' }]),
  link: line(['path', { d: 'M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1' }]),
  'eye-off': line(['path', { d: 'M4 4l16 16M9.5 6.3A9.6 9.6 0 0 1 12 6c4.5 0 7.5 3.3 9 6a15 15 0 0 1-2.5 3.2M6.3 8A14.6 14.6 0 0 0 3 12c1.5 2.7 4.5 6 9 6 1.5 0 2.8-.4 4-.9' }]),
  home: line(['path', { d: 'M4 11.5 12 4.5l8 7M6 10v9.5h4.5V14h3v5.5H18V10' }]),
  broadcast: line(['path', { d: 'M7.5 16.5a6.4 6.4 0 0 1 0-9M16.5 7.5a6.4 6.4 0 0 1 0 9M4.7 19.3a10.3 10.3 0 0 1 0-14.6M19.3 4.7a10.3 10.3 0 0 1 0 14.6M12 12h.1' }]),
  panel: line(['path', { d: 'M4 5h16v14H4ZM9.5 5v14' }]),
  sun: line(['path', { d: 'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4' }]),
  download: line(['path', { d: 'M12 4v11M7.5 11 12 15.5 16.5 11M5 19.5h14' }]),
  upload: line(['path', { d: 'M12 15.5v-11M7.5 9 12 4.5 16.5 9M5 19.5h14' }]),
  grip: line(['path', { d: 'M9 6h.1M9 12h.1M9 18h.1M15 6h.1M15 12h.1M15 18h.1' }]),
  reply: line(['path', { d: 'M9.5 6 4.5 11l5 5M4.5 11H14a5.5 5.5 0 0 1 5.5 5.5V18' }]),
  chart: line(['path', { d: 'M5 19.5V13M10 19.5V8M15 19.5v-5M20 19.5V5M3.5 19.5h17' }]),
  yen: line(['path', { d: 'M8.5 7.5l3.5 5 3.5-5M12 12.5V17M9 13h6M9 15.3h6M12 3.8a8.2 8.2 0 1 1 0 16.4 8.2 8.2 0 0 1 0-16.4Z' }]),
  stop: line(['path', { d: 'M7 7h10v10H7Z' }]),
  film: line(['path', { d: 'M4 5h16v14H4ZM8 5v14M16 5v14M4 9.5h4M4 14.5h4M16 9.5h4M16 14.5h4' }]),
  keyboard: line(['path', { d: 'M3.5 7h17v10h-17ZM7 10.5h.1M10.5 10.5h.1M14 10.5h.1M17 10.5h.1M8 14h8' }]),
  bug: line(['path', { d: 'M8.5 9.5a3.5 3.5 0 0 1 7 0V15a3.5 3.5 0 0 1-7 0ZM4.5 12h4M15.5 12h4M5.5 7l3 2M18.5 7l-3 2M5.5 18l3-2M18.5 18l-3-2' }]),
}
