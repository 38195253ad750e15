// Money is integer fen on the wire and stays so until it is drawn.

export interface MoneyParts { sign: '' | '−'; whole: string; decimals: string }

/** 123450 → { whole: "1,234", decimals: "50" }. Fractions of a fen are a bug and throw. */
export function moneyParts(minor: number): MoneyParts {
  if (!Number.isSafeInteger(minor)) throw new RangeError(`money is not whole fen: ${minor}`)
  const abs = Math.abs(minor)
  const whole = Math.floor(abs / 100).toString().replace(/\B(?=(\d{3})+$)/g, ',')
  return { sign: minor < 0 ? '−' : '', whole, decimals: String(abs % 100).padStart(2, '0') }
}

/** "¥49.00"; `short` drops ".00" alone, so that ¥49.50 stays exact. */
export function formatMoney(minor: number, o: { short?: boolean } = {}): string {
  const p = moneyParts(minor)
  return `${p.sign}¥${p.whole}${o.short && p.decimals === '00' ? '' : `.${p.decimals}`}`
}
