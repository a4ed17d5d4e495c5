import { compact, oneOf, type RawSearch, textOf } from '../parts/search.ts'

/** What is looked at; all of it when nothing is said. */
export interface TopologySearch {
  readonly application?: string
  /** A part of a name, an address or a problem. */
  readonly q?: string
  readonly state?: 'broken'
}

/** Reads the filters from the URL. */
export function topologySearch(search: RawSearch): TopologySearch {
  return compact({
    application: textOf(search, 'application'),
    q: textOf(search, 'q'),
    state: oneOf(search, 'state', ['broken']),
  })
}
