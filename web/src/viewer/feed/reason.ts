const known = ['fresh', 'popular', 'followed', 'live_now'] as const

/** The words of a reason the feed gives; an unknown one of a newer server says nothing. */
export function reasonKey(reason: string | undefined): { key: (typeof known)[number] | 'tag'; tag: string } | undefined {
  if (reason?.startsWith('tag:')) return { key: 'tag', tag: reason.slice(4) }
  const key = known.find((k) => k === reason)
  return key && { key, tag: '' }
}
