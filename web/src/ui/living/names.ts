export type Scope = 'viewer' | 'console'
type Named = [zh: string, en: string, scope?: Scope]

/** Parts that need the width of the wall. */
export const wide = new Set(['table', 'chart', 'filter-bar', 'stat-tile', 'icons', 'tour'])

/** What each folder is called and where it belongs, in the order of the list. */
export const groups: { id: string; zh: string; en: string; parts: Record<string, Named> }[] = [
  { id: 'act', zh: '动手', en: 'To press', parts: { button: ['按钮', 'Button'], chip: ['选项', 'Chip'], switch: ['开关', 'Switch'], tabs: ['页签', 'Tabs'], menu: ['菜单', 'Menu', 'console'], 'form-row': ['表单行', 'Form row'], uploader: ['上传', 'Uploader'] } },
  { id: 'say', zh: '说话', en: 'To read', parts: { price: ['价格', 'Price'], 'stock-bar': ['库存条', 'Stock bar'], countdown: ['倒计时', 'Countdown'], badge: ['标记', 'Badge'], avatar: ['头像', 'Face'], 'live-bars': ['直播条', 'Live bars'], 'key-cap': ['键帽', 'Key cap', 'console'], steps: ['步骤', 'Steps'], timeline: ['时间线', 'Timeline'] } },
  { id: 'ground', zh: '台面', en: 'To stand on', parts: { card: ['纸', 'Card'], sheet: ['半屏', 'Sheet'], dialog: ['对话框', 'Dialog', 'console'], drawer: ['抽屉', 'Drawer', 'console'], toast: ['提示条', 'Toast'], confirm: ['问一句', 'Confirm'], state: ['没货的摊', 'States'], skeleton: ['骨架', 'Skeleton'] } },
  { id: 'stall', zh: '摊上', en: 'At the stall', parts: { 'product-chip': ['商品条', 'Product chip', 'viewer'], 'product-card': ['讲解卡', 'Explaining card', 'viewer'], 'comment-line': ['一句话', 'Talk line', 'viewer'], ticker: ['下单提示', 'Ticker', 'viewer'], 'gift-banner': ['礼物横幅', 'Gift banner', 'viewer'], rail: ['侧栏', 'Rail', 'viewer'], 'tab-bar': ['底栏', 'Tab bar', 'viewer'], 'floating-window': ['小窗', 'Floating window', 'viewer'], 'notice-card': ['预告', 'Notice card', 'viewer'] } },
  { id: 'desk', zh: '账台', en: 'At the desk', parts: { table: ['表格', 'Table', 'console'], 'stat-tile': ['数字牌', 'Stat tile', 'console'], 'filter-bar': ['筛选', 'Filter bar', 'console'], chart: ['图', 'Chart', 'console'], 'command-palette': ['命令面板', 'Palette', 'console'], tour: ['带路', 'Tour', 'console'] } },
  { id: 'mark', zh: '招牌', en: 'Our marks', parts: { logo: ['标志', 'Logo'], icons: ['图标', 'Icons'] } },
]
