import { encode } from 'uqr'

/** What stands on a poster; every word comes from the screen, every colour from the tokens. */
export interface Poster { title: string; by: string; url: string; site: string; scan: string; price?: string; cover?: string }

const width = 750
const side = 56
const pictureH = 750
const footH = 250

/** Breaks a text into lines of at most `max` px: Han anywhere, Latin between words; the last line may end in "…". */
export function breakLines(text: string, max: number, limit: number, widthOf: (s: string) => number): string[] {
  const parts = text.replace(/\s+/g, ' ').trim().match(/[\u2e80-\uffff]|[^\u2e80-\uffff ]+ ?| /g) ?? []
  const lines: string[] = []
  let line = ''
  for (const part of parts.flatMap((p) => (widthOf(p) > max ? Array.from(p) : [p]))) {
    if (line && widthOf((line + part).trimEnd()) > max) {
      lines.push(line.trimEnd())
      line = part.trimStart()
    } else line += part
  }
  if (line.trim()) lines.push(line.trimEnd())
  if (lines.length <= limit) return lines
  let last = lines[limit - 1] ?? ''
  while (last && widthOf(`${last}…`) > max) last = Array.from(last).slice(0, -1).join('')
  return [...lines.slice(0, limit - 1), `${last}…`]
}

async function picture(src: string | undefined): Promise<HTMLImageElement | undefined> {
  if (!src) return undefined
  const img = new Image()
  img.crossOrigin = 'anonymous'
  img.src = src
  try {
    await img.decode()
    return img
  } catch {
    return undefined // the awning stands in its place
  }
}

function cover(c: CanvasRenderingContext2D, img: HTMLImageElement) {
  const scale = Math.max(width / img.naturalWidth, pictureH / img.naturalHeight)
  const w = width / scale
  const h = pictureH / scale
  c.drawImage(img, (img.naturalWidth - w) / 2, (img.naturalHeight - h) * 0.4, w, h, 0, 0, width, pictureH)
}

function awning(c: CanvasRenderingContext2D, colour: (name: string) => string) {
  const n = 15
  const w = width / n
  for (let i = 0; i < n; i++) {
    c.fillStyle = colour(i % 2 ? '--hk-tag' : '--hk-accent')
    c.beginPath()
    c.rect(i * w, 0, w, 40)
    c.arc(i * w + w / 2, 40, w / 2, 0, Math.PI)
    c.fill()
  }
}

function code(c: CanvasRenderingContext2D, url: string, x: number, y: number, size: number, ink: string, ground: string) {
  const qr = encode(url, { ecc: 'M', border: 2 })
  c.fillStyle = ground
  c.beginPath()
  c.roundRect(x, y, size, size, 16)
  c.fill()
  const cell = (size - 16) / qr.size
  c.fillStyle = ink
  qr.data.forEach((row, r) => row.forEach((on, k) => { if (on) c.fillRect(x + 8 + k * cell, y + 8 + r * cell, cell + 0.4, cell + 0.4) }))
}

/** Draws the poster on this device: nothing is sent anywhere. Resolves to a PNG of 750 px width. */
export async function drawPoster(p: Poster): Promise<Blob> {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const font = (weight: number, size: number, figure = false) => `${weight} ${size}px ${colour(figure ? '--hk-font-figure' : '--hk-font')}`
  const [img] = await Promise.all([picture(p.cover), document.fonts.load(font(700, 60, true), p.price ?? '0')])
  const canvas = document.createElement('canvas')
  const c = canvas.getContext('2d')
  if (!c) throw new Error('this browser gives no canvas')
  c.font = font(700, 44)
  const lines = breakLines(p.title, width - side * 2, 3, (s) => c.measureText(s).width)
  const by = breakLines(p.by, width - side * 2, 1, (s) => c.measureText(s).width * 0.64)[0] ?? ''
  const textH = 44 + lines.length * 60 + (by ? 52 : 0) + 28
  const height = pictureH + textH + footH + 24
  canvas.width = width
  canvas.height = height

  c.fillStyle = colour('--hk-tag')
  c.fillRect(0, 0, width, height)
  c.fillStyle = colour('--hk-tag-2')
  c.fillRect(0, 0, width, pictureH)
  if (img) cover(c, img)
  awning(c, colour)
  if (p.price) tag(c, p.price, font, colour)

  c.textBaseline = 'alphabetic'
  c.textAlign = 'left'
  c.fillStyle = colour('--hk-tag-ink')
  c.font = font(700, 44)
  let y = pictureH + 88
  for (const line of lines) {
    c.fillText(line, side, y)
    y += 60
  }
  if (by) {
    c.font = font(500, 28)
    c.fillStyle = colour('--hk-tag-ink-2')
    c.fillText(by, side, y + 4)
  }
  foot(c, p, height, font, colour)
  return new Promise((done, fail) => { canvas.toBlob((b) => (b ? done(b) : fail(new Error('the poster could not be saved'))), 'image/png') })
}

type Font = (weight: number, size: number, figure?: boolean) => string

function tag(c: CanvasRenderingContext2D, price: string, font: Font, colour: (name: string) => string) {
  c.font = font(700, 60, true)
  const w = c.measureText(price).width + 80
  const x = width - side - w
  const y = pictureH - 128
  c.fillStyle = colour('--hk-tag')
  c.beginPath()
  c.roundRect(x, y, w, 96, 20)
  c.fill()
  c.fillStyle = colour('--hk-tag-2')
  c.beginPath()
  c.arc(x + 24, y + 48, 8, 0, Math.PI * 2)
  c.fill()
  c.fillStyle = colour('--hk-tag-price')
  c.textBaseline = 'middle'
  c.textAlign = 'left'
  c.fillText(price, x + 46, y + 50)
}

function foot(c: CanvasRenderingContext2D, p: Poster, height: number, font: Font, colour: (name: string) => string) {
  const top = height - footH - 24
  c.strokeStyle = colour('--hk-tag-ink-2')
  c.globalAlpha = 0.4
  c.lineWidth = 3
  c.setLineDash([10, 10])
  c.beginPath()
  c.moveTo(side, top)
  c.lineTo(width - side, top)
  c.stroke()
  c.globalAlpha = 1
  c.setLineDash([])
  code(c, p.url, width - side - 176, top + 32, 176, colour('--hk-tag-ink'), colour('--hk-over-ink'))
  c.fillStyle = colour('--hk-tag-ink')
  c.font = font(700, 36)
  c.fillText(p.site, side, top + 100)
  c.fillStyle = colour('--hk-tag-ink-2')
  c.font = font(400, 27)
  for (const [i, line] of breakLines(p.scan, width - side * 2 - 210, 2, (s) => c.measureText(s).width).entries()) c.fillText(line, side, top + 148 + i * 38)
  // The foot is torn off in scallops, as a receipt is.
  c.globalCompositeOperation = 'destination-out'
  const n = 25
  const w = width / n
  for (let i = 0; i < n; i++) {
    c.beginPath()
    c.arc(i * w + w / 2, height, w / 2 - 1, Math.PI, 0)
    c.fill()
  }
  c.globalCompositeOperation = 'source-over'
}
