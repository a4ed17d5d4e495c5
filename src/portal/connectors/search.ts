import { compact, type RawSearch, textOf } from '../parts/search.ts'

/** Which group a new connector is for. */
export interface NewConnectorSearch {
  readonly group?: string
}

/** Reads it from the URL. */
export function newConnectorSearch(search: RawSearch): NewConnectorSearch {
  return compact({ group: textOf(search, 'group') })
}
