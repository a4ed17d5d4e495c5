import { compact, oneOf, type RawSearch, textOf } from '../parts/search.ts'
import { type RequestKind, requestKinds } from './types.ts'

export const outcomes = ['refused', 'failed', 'open'] as const

/** The filters of the list, as they stand in the URL. */
export interface RequestsSearch {
  /** Part of an address. */
  readonly q?: string
  readonly application?: string
  readonly kind?: RequestKind
  readonly outcome?: (typeof outcomes)[number]
  /** User principal name. */
  readonly person?: string
}

/** Reads the filters from the URL. */
export function requestsSearch(search: RawSearch): RequestsSearch {
  return compact({
    q: textOf(search, 'q'),
    application: textOf(search, 'application'),
    kind: oneOf(search, 'kind', requestKinds),
    outcome: oneOf(search, 'outcome', outcomes),
    person: textOf(search, 'person'),
  })
}

/** The filters as `$filter`; undefined when there are none. */
export function filterOf(search: RequestsSearch): string | undefined {
  const { q, application, kind, outcome, person } = search
  const terms = [
    q !== undefined && `contains(url,${quote(q)})`,
    application !== undefined && `applicationId eq ${quote(application)}`,
    kind !== undefined && `kind eq ${quote(kind)}`,
    outcome !== undefined && byOutcome[outcome],
    person !== undefined && `userPrincipalName eq ${quote(person)}`,
  ]
  const written = terms.filter((term) => term !== false)
  return written.length === 0 ? undefined : written.join(' and ')
}

const byOutcome = {
  refused: 'code ne null',
  failed: 'status ge 400',
  open: 'isOpen eq true',
} as const

// OData 4.01 URL Conventions §5.1.1.14.1.
function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
