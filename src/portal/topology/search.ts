import { compact, type RawSearch, textOf } from '../parts/search.ts'

/** Which application is looked at; all of them when unsaid. */
export interface TopologySearch {
  readonly application?: string
}

/** Reads the filter from the URL. */
export function topologySearch(search: RawSearch): TopologySearch {
  return compact({ application: textOf(search, 'application') })
}
