import { h, type FunctionalComponent, type VNode } from 'vue'
import { shapes, type IconName, type Node } from './shapes'

/**
 * Line weight on the 24 grid. Small icons keep 2, or their lines would fall under a device
 * pixel and a half; from 28 up 1.75 keeps the colour of the line equal to its neighbours.
 */
export const strokeAt = (size: number): number => (size >= 28 ? 1.75 : size >= 20 ? 1.9 : 2)

const draw = (nodes: readonly Node[]): VNode[] =>
  nodes.map(([tag, attrs, children]) => h(tag, attrs, children ? draw(children) : undefined))

/**
 * One icon of the set. Without `label` it is decoration and hidden from readers: a button
 * that shows only an icon carries its own aria-label.
 */
const Icon: FunctionalComponent<{ name: IconName; size?: number; label?: string }> = ({ name, size = 24, label }) => {
  const shape = shapes[name]
  return h('svg', {
    viewBox: shape.box, width: size, height: size, focusable: 'false',
    ...(shape.line ? { fill: 'none', stroke: 'currentColor', 'stroke-width': String(strokeAt(size)), 'stroke-linecap': 'round', 'stroke-linejoin': 'round' } : {}),
    ...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': 'true' }),
  }, draw(shape.nodes))
}
Icon.props = ['name', 'size', 'label']

export default Icon
