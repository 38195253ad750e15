import type { LogEntry } from '@/api/types'

const pages = { user: '/console/operator/users?q=', room: '/live/', post: '/p/', comment: '', job: '', fact: '', refund: '' } as const

/** Where the subject of a log line is looked at: a person in the list, a room or a post as its viewers see it; '' for a comment and for work. */
export function subjectPage(e: Pick<LogEntry, 'subjectKind' | 'subjectId' | 'subjectName'>): string {
  const page = pages[e.subjectKind]
  if (!page) return ''
  return page + (e.subjectKind === 'user' ? encodeURIComponent(e.subjectName ?? '') : e.subjectId)
}

/** The wire says `post.hide`; a dot would be a path in the words. */
export const actKey = (act: string) => `act.${act.replace('.', '_')}`

const ofWork = (kind: LogEntry['subjectKind']) => kind === 'job' || kind === 'fact' || kind === 'refund'

/** What a line is about, in words: a name or how the text begins; work is known by its id, or is all of its kind. */
export function subjectWords(e: Pick<LogEntry, 'subjectKind' | 'subjectId' | 'subjectName'>, words: { gone: string; all: string }): string {
  if (ofWork(e.subjectKind)) return e.subjectId === 'all' ? words.all : e.subjectId
  return e.subjectName || words.gone
}
