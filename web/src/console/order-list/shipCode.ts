/** Why one row of a batch was not shipped, in words; an unknown code stays readable as itself. */
export function shipCode(code: string | undefined, has: (key: string) => boolean, t: (key: string) => string): string {
  if (!code) return t('ship.code.unknown')
  return has(`ship.code.${code}`) ? t(`ship.code.${code}`) : code
}
