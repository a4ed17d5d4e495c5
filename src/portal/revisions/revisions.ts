import type { Revision } from '../api/types.ts'
import { logQuery, quoted } from '../logs/filter.ts'
import type { RevisionSearch } from './search.ts'

const revisionsPath = '/revisions'

/** Where one revision stands. */
export function revisionPath(id: string): string {
  return `${revisionsPath}/${id}`
}

/** Where the revisions stand that these filters leave. */
export function revisionQuery({ author, resource }: RevisionSearch, top: number): string {
  const conditions = [
    author ? `startswith(author,${quoted(author)})` : undefined,
    resource ? `changes/any(c:c eq ${quoted(resource)})` : undefined,
  ]
  return revisionsPath + logQuery(conditions, top)
}

/** What was changed, in a few words: `Wiki, Ann and 3 more`. */
export function subjectOf({ changes, changeCount }: Revision): string {
  const names = [...new Set(changes.map(({ displayName, id }) => displayName ?? id))].slice(0, 2)
  const more = changeCount - names.length
  if (names.length === 0) return 'Sallyport'
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ')
}

/** `token-lifetime-policy.update` as words. */
export function activityText(activity: string): string {
  return activity.replaceAll(/[.-]/g, ' ')
}
