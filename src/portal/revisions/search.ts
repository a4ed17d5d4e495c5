import { compact, type RawSearch, textOf } from '../parts/search.ts'

/** The filters of the history. */
export interface RevisionSearch {
  readonly author?: string
  /** An id: everything that changed this resource. */
  readonly resource?: string
}

/** Reads them from the URL. */
export function revisionSearch(search: RawSearch): RevisionSearch {
  return compact({ author: textOf(search, 'author'), resource: textOf(search, 'resource') })
}
