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
import { groups, type Scope } from './names'

export type { Scope } from './names'
export interface Part { id: string; zh: string; en: string; group: string; /** Drawn for one application only. */ scope?: Scope; demo: Component }

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
