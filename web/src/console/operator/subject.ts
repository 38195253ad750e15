import type { LogEntry } from '@/api/types'

const pages = { user: '/console/operator/users?q=', room: '/live/', post: '/p/', comment: '' } as const

/** Where the subject of a log line is looked at: a person in the list, a room or a post as its viewers see it; '' for a comment. */
export function subjectPage(e: Pick<LogEntry, 'subjectKind' | 'subjectId' | 'subjectName'>): string {
  const page = pages[e.subjectKind]
  if (!page) return ''
  return page + (e.subjectKind === 'user' ? encodeURIComponent(e.subjectName ?? '') : e.subjectId)
}

/** The wire says `post.hide`; a dot would be a path in the words. */
export const actKey = (act: string) => `act.${act.replace('.', '_')}`
