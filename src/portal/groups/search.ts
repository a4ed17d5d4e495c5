import { compact, type RawSearch, textOf } from '../parts/search.ts'

/** The list's filters. */
export interface GroupsSearch {
  readonly q?: string
  readonly sort?: string
}

/** Reads the filters from the URL. */
export function groupsSearch(search: RawSearch): GroupsSearch {
  return compact({ q: textOf(search, 'q'), sort: textOf(search, 'sort') })
}
