/**
 * The design system, as it is lived in. Every part is one folder below src/ui:
 *
 *   <name>/<Name>.vue       the part: looks and manners, no fetching, no application state
 *   <name>/types.ts         props and rules that others share or that a test wants alone
 *   <name>/<Name>.test.ts   what must stay true: names, keys, thresholds, what is spoken
 *   <name>/demo.vue         every state side by side, found by this page without registration
 *
 * Rules of the house. Colours, measures and motion come from tokens.css; where a colour stands
 * in two grounds, contrast.test.ts measures it. Words come from locales/*\/common.ts or as
 * props; a demo may write its samples. A part knows neither the viewer nor the console: eslint
 * refuses the import. What differs between the two (a 44 px pill and a 32 px field) is a token
 * below [data-app]. desk.css belongs to the console alone, so this page loads anew when the
 * scope changes. structure.test.ts lists a folder that lacks its proof or its demo.
 *
 * A new part: make the folder, write the demo first, look at it here in both themes, both
 * scopes, both languages and at 390, then wire it to a screen.
 */
import { shallowRef, type Component } from 'vue'

export type Scope = 'viewer' | 'console'
export interface Part { id: string; zh: string; en: string; group: string; /** Drawn for one application only. */ scope?: Scope; demo: Component }

const groups: { id: string; zh: string; en: string; parts: Record<string, [zh: string, en: string, scope?: Scope]> }[] = [
  { id: 'act', zh: '动手', en: 'To press', parts: { button: ['按钮', 'Button'], chip: ['选项', 'Chip'], switch: ['开关', 'Switch', 'console'], tabs: ['页签', 'Tabs', 'console'], menu: ['菜单', 'Menu', 'console'], 'form-row': ['表单行', 'Form row'], uploader: ['上传', 'Uploader'] } },
  { id: 'say', zh: '说话', en: 'To read', parts: { price: ['价格', 'Price'], 'stock-bar': ['库存条', 'Stock bar'], countdown: ['倒计时', 'Countdown'], badge: ['标记', 'Badge'], avatar: ['头像', 'Face'], 'live-bars': ['直播条', 'Live bars'], 'key-cap': ['键帽', 'Key cap', 'console'], steps: ['步骤', 'Steps'], timeline: ['时间线', 'Timeline'] } },
  { id: 'ground', zh: '台面', en: 'To stand on', parts: { card: ['纸', 'Card'], sheet: ['抽上来的纸', 'Sheet'], dialog: ['对话框', 'Dialog', 'console'], drawer: ['抽屉', 'Drawer', 'console'], toast: ['短信', 'Toast'], confirm: ['问一句', 'Confirm'], state: ['没货的摊', 'States'], skeleton: ['骨架', 'Skeleton'] } },
  { id: 'stall', zh: '摊上', en: 'At the stall', parts: { 'product-chip': ['商品条', 'Product chip', 'viewer'], 'product-card': ['讲解卡', 'Explaining card', 'viewer'], 'comment-line': ['一句话', 'Talk line', 'viewer'], ticker: ['下单提示', 'Ticker', 'viewer'], 'gift-banner': ['礼物横幅', 'Gift banner', 'viewer'], rail: ['侧栏', 'Rail', 'viewer'], 'tab-bar': ['底栏', 'Tab bar', 'viewer'], 'floating-window': ['小窗', 'Floating window', 'viewer'] } },
  { id: 'desk', zh: '账台', en: 'At the desk', parts: { table: ['表格', 'Table', 'console'], 'stat-tile': ['数字牌', 'Stat tile', 'console'], 'filter-bar': ['筛选', 'Filter bar', 'console'], chart: ['图', 'Chart', 'console'], 'command-palette': ['命令面板', 'Palette', 'console'] } },
  { id: 'mark', zh: '招牌', en: 'Our marks', parts: { logo: ['标志', 'Logo'], icons: ['图标', 'Icons'] } },
]
export const partGroups = [...groups.map(({ id, zh, en }) => ({ id, zh, en })), { id: 'more', zh: '其他', en: 'More' }]

const demos = import.meta.glob<Component>('../*/demo.vue', { eager: true, import: 'default' })

function describe(id: string, demo: Component): Part {
  for (const group of groups) {
    const known = group.parts[id]
    if (known) return { id, zh: known[0], en: known[1], scope: known[2], group: group.id, demo }
  }
  return { id, zh: id, en: id, group: 'more', demo }
}

const order = groups.flatMap((g) => Object.keys(g.parts))
export const parts = shallowRef<Part[]>(Object.entries(demos)
  .map(([path, demo]) => describe(path.split('/')[1] ?? path, demo))
  .sort((a, b) => (order.indexOf(a.id) + 1 || 999) - (order.indexOf(b.id) + 1 || 999)))
