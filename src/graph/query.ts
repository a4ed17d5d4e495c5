import { badRequest } from './refusal.ts'

/** The OData query options that some resource here takes. */
export type QueryOption =
  | 'select'
  | 'filter'
  | 'top'
  | 'skip'
  | 'count'
  | 'orderby'
  | 'search'
  | 'expand'
  | 'skiptoken'
  | 'include'

/** Query options as written, by name without `$`; each at most once. */
export type Query = Readonly<Partial<Record<QueryOption, string>>>

/** Options of a list and of a single resource. */
export const listOptions: readonly QueryOption[] = [
  ...(['select', 'filter', 'top', 'skip', 'count', 'orderby', 'search', 'expand'] as const),
]
/** Of a log that is read from its newest entry on. */
export const logOptions: readonly QueryOption[] = [
  'select',
  'filter',
  'top',
  'orderby',
  'skiptoken',
]
export const itemOptions: readonly QueryOption[] = ['select', 'expand']

/** Reads the query; anything a resource does not take, or takes once and finds twice, is refused with 400. */
export function parseQuery(search: URLSearchParams, allowed: readonly QueryOption[]): Query {
  const query: Partial<Record<QueryOption, string>> = {}
  for (const [written, value] of search) {
    // Graph takes its options with and without the dollar sign.
    const name = written.replace(/^\$/, '').toLowerCase()
    const option = allowed.find((each) => each === name)
    if (!option) throw unsupported(written)
    if (query[option] !== undefined) {
      throw badRequest(`The query option '${written}' appears twice.`, 'duplicate-option')
    }
    query[option] = value
  }
  return query
}

/** 400 for an option that this resource does not take. */
export function unsupported(option: string) {
  return badRequest(`The query option '${option}' is not supported here.`, 'unknown-option')
}

/** A whole number, or undefined when the option is not there; throws a Refusal for anything else. */
export function readCount(written: string | undefined, option: string): number | undefined {
  if (written === undefined) return undefined
  if (!/^[0-9]{1,9}$/.test(written)) {
    throw badRequest(`${option} must be a whole number, not '${written}'.`, 'bad-option')
  }
  return Number(written)
}

/** Whether the number of all is asked for. */
export function wantsCount(query: Query): boolean {
  const count = query.count?.toLowerCase()
  if (count !== undefined && count !== 'true' && count !== 'false') {
    throw badRequest("$count must be 'true' or 'false'.", 'bad-option')
  }
  return count === 'true'
}

/** The properties that a `$select` names, in the resource's own spelling; undefined: whatever comes unasked. */
export function readSelect(
  written: string | undefined,
  properties: readonly string[],
): string[] | undefined {
  if (written === undefined) return undefined
  const names = written.split(',').map((each) => each.trim())
  // As OData has it, whatever else is named besides.
  if (names.includes('*')) return undefined
  return names.map((name) => {
    const property = properties.find((each) => each.toLowerCase() === name.toLowerCase())
    if (property !== undefined) return property
    throw badRequest(`Could not find a property named '${name}'.`, 'unknown-property')
  })
}
