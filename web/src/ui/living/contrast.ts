/** Red, green, blue 0–255 and opacity 0–1. */
export type Colour = readonly [r: number, g: number, b: number, a: number]

/** Reads the two notations tokens.css uses: #rgb(a) hex and rgb(r g b / a). Throws at anything else. */
export function parseColour(text: string): Colour {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1]
  if (hex) {
    const full = hex.length === 3 ? [...hex].map((c) => c + c).join('') : hex
    const at = (i: number) => Number.parseInt(full.slice(i, i + 2), 16)
    return [at(0), at(2), at(4), 1]
  }
  const m = /^rgb\(\s*(\d+)\s+(\d+)\s+(\d+)\s*(?:\/\s*([\d.]+)\s*)?\)$/.exec(text.trim())
  if (!m) throw new Error(`not a colour: "${text}"`)
  return [Number(m[1]), Number(m[2]), Number(m[3]), m[4] === undefined ? 1 : Number(m[4])]
}

/** What the eye gets of `top` lying on an opaque `under`. */
export function over(top: Colour, under: Colour): Colour {
  const mix = (i: 0 | 1 | 2) => top[i] * top[3] + under[i] * (1 - top[3])
  return [mix(0), mix(1), mix(2), 1]
}

function luminance([r, g, b]: Colour): number {
  const lin = (v: number) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4)
  return 0.2126 * lin(r) + 0.7152 * lin(g) + 0.0722 * lin(b)
}

/** WCAG 2.2 contrast ratio, 1–21, of words on a ground; a ground that lets through lies on `page`. */
export function contrast(words: Colour, ground: Colour, page: Colour): number {
  const behind = over(ground, page)
  const [light, dark] = [luminance(over(words, behind)), luminance(behind)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}
