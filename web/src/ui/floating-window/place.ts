// Where a small window may rest: pure geometry, in CSS pixels of the viewport.

export interface Place { x: number; y: number }
export interface Size { width: number; height: number }
export interface Box extends Place, Size {}

/** Air between the window and the edges it rests on. */
export const edgeGap = 12
/** How finely a free spot along an edge is looked for. */
const stepPx = 16

export const overlaps = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

/** Inside the viewport, `edgeGap` away from each edge; a window larger than it stays at the start. */
export function clamp(at: Place, size: Size, view: Size): Place {
  return {
    x: Math.max(edgeGap, Math.min(at.x, view.width - size.width - edgeGap)),
    y: Math.max(edgeGap, Math.min(at.y, view.height - size.height - edgeGap)),
  }
}

/** The nearest side edge at the same height. */
export function snap(at: Place, size: Size, view: Size): Place {
  const left = at.x + size.width / 2 < view.width / 2
  return clamp({ x: left ? 0 : view.width, y: at.y }, size, view)
}

/**
 * The resting place nearest to `wish` that covers none of `obstacles`: along the same side
 * first, then along the other. When nothing is free the wish stands: a window that hides
 * something can still be moved by hand.
 */
export function restPlace(wish: Place, size: Size, view: Size, obstacles: readonly Box[]): Place {
  const home = snap(wish, size, view)
  const free = (p: Place) => !obstacles.some((o) => overlaps({ ...p, ...size }, o))
  const sides = [home.x, clamp({ x: home.x > view.width / 2 - size.width / 2 ? 0 : view.width, y: 0 }, size, view).x]
  for (const x of sides) {
    for (let off = 0; off <= view.height; off += stepPx) {
      for (const y of [home.y - off, home.y + off]) {
        const p = clamp({ x, y }, size, view)
        if (free(p)) return p
      }
    }
  }
  return home
}
