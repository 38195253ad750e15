import { h, type FunctionalComponent, type VNode } from 'vue'
import { shapes, type IconName, type Node } from './shapes'

const stroke = {
  fill: 'none', stroke: 'currentColor', 'stroke-width': '2', 'stroke-linecap': 'round', 'stroke-linejoin': 'round',
}

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
    ...(shape.line ? stroke : {}),
    ...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': 'true' }),
  }, draw(shape.nodes))
}
Icon.props = ['name', 'size', 'label']

export default Icon
