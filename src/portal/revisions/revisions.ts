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
