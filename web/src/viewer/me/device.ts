/**
 * "Chrome · Windows" out of a user agent; the raw text helps nobody. Empty when neither part is
 * known. The order matters: Edge and Android name Chrome too, an iPhone names Mac.
 */
export function deviceName(agent: string): string {
  const browsers: [RegExp, string][] = [[/MicroMessenger\//, 'WeChat'], [/Edg[A-Za-z]*\//, 'Edge'], [/SamsungBrowser\//, 'Samsung Internet'], [/Firefox\/|FxiOS\//, 'Firefox'], [/Chrome\/|CriOS\//, 'Chrome'], [/Safari\//, 'Safari'], [/^curl\//, 'curl']]
  const systems: [RegExp, string][] = [[/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS X|Macintosh/, 'Mac'], [/CrOS/, 'ChromeOS'], [/Linux/, 'Linux']]
  const first = (list: [RegExp, string][]) => list.find(([sign]) => sign.test(agent))?.[1]
  return [first(browsers), first(systems)].filter(Boolean).join(' · ')
}
