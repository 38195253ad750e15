import { encode } from 'uqr'

/** One SVG path of a QR code, drawn here so that a shared link never visits another server. */
export function qrPath(text: string): { path: string; size: number } {
  const { data, size } = encode(text, { ecc: 'M', border: 2 })
  let path = ''
  data.forEach((row, y) => row.forEach((on, x) => { if (on) path += `M${x} ${y}h1v1h-1z` }))
  return { path, size }
}
