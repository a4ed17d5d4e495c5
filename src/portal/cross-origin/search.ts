import { compact, type RawSearch, textOf } from '../parts/search.ts'

/** Which application is looked at. */
export interface CrossOriginSearch {
  readonly application?: string
}

/** Reads the application from the URL. */
export function crossOriginSearch(search: RawSearch): CrossOriginSearch {
  return compact({ application: textOf(search, 'application') })
}
