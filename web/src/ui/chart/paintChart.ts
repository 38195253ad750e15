import { ROOM, type ChartInput, type ChartPlan, type Dot } from './chartPlan'
import type { ChartLook } from './types'

const RESTING = 0.62
const BEHIND = 0.42

/** Draws a plan. `shown`, 0 to 1, is how much of it has come in from the start. */
export function paintChart(g: CanvasRenderingContext2D, plan: ChartPlan, c: ChartInput, look: ChartLook, width: number, height: number, shown: number): void {
  g.save()
  g.translate(ROOM.start, ROOM.top)
  g.font = `11px ${look.font}`
  g.textBaseline = 'middle'
  paintAxes(g, plan, c, look, width, height)
  g.beginPath()
  g.rect(-4, -ROOM.top, (width + 8) * shown, height + ROOM.top + 1)
  g.clip()
  for (const { series, bars } of plan.bars) {
    g.fillStyle = look.colour[series.colour]
    for (const b of bars) {
      g.globalAlpha = c.lit ? (b.lit ? 1 : BEHIND) : RESTING
      g.beginPath()
      g.roundRect(b.x, b.y, b.width, b.height, [Math.min(1.5, b.width / 2), Math.min(1.5, b.width / 2), 0, 0])
      g.fill()
    }
  }
  g.globalAlpha = 1
  for (const { series, pieces } of plan.lines) {
    g.strokeStyle = g.fillStyle = look.colour[series.colour]
    for (const dots of pieces) paintLine(g, dots, height, series.fill ? look.fill : 0, series.dashed)
  }
  g.restore()
}

function paintAxes(g: CanvasRenderingContext2D, plan: ChartPlan, c: ChartInput, look: ChartLook, width: number, height: number) {
  g.fillStyle = look.axis
  plan.grid.forEach((line, i) => {
    g.strokeStyle = i === 0 ? look.floor : look.grid
    g.lineWidth = 1
    g.beginPath()
    g.moveTo(0, Math.round(line.y) + 0.5)
    g.lineTo(width, Math.round(line.y) + 0.5)
    g.stroke()
    g.textAlign = 'right'
    g.fillText(line.start, -10, line.y)
    g.textAlign = 'left'
    g.fillText(line.end, width + 10, line.y)
  })
  g.textAlign = 'right'
  g.fillText(c.start.name ?? '', -10, -18)
  g.textAlign = 'left'
  g.fillText(c.end?.name ?? '', width + 10, -18)
  g.textAlign = 'center'
  for (const l of plan.labels) g.fillText(l.text, l.x, height + 14)
}

function paintLine(g: CanvasRenderingContext2D, dots: Dot[], height: number, fill: number, dashed = false) {
  const first = dots[0]
  const last = dots.at(-1)
  if (!first || !last) return
  if (dots.length === 1) { // one measured step alone still shows
    g.beginPath()
    g.arc(first.x, first.y, 3, 0, Math.PI * 2)
    g.fill()
    return
  }
  const path = new Path2D()
  dots.forEach((d, i) => (i ? path.lineTo(d.x, d.y) : path.moveTo(d.x, d.y)))
  if (fill) {
    const area = new Path2D(path)
    area.lineTo(last.x, height)
    area.lineTo(first.x, height)
    g.globalAlpha = fill
    g.fill(area)
    g.globalAlpha = 1
  }
  g.lineWidth = 2
  g.lineJoin = 'round'
  g.setLineDash(dashed ? [5, 4] : [])
  g.stroke(path)
  g.setLineDash([])
}
