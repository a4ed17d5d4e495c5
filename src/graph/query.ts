import { type FilterFields, parseFilter } from './filter.ts'
import { badRequest } from './refusal.ts'

/** The OData query options that some resource here takes. */
export type QueryOption = 'select' | 'filter' | 'top' | 'skip' | 'count' | 'orderby' | 'skiptoken'

/** Query options as written, by name without `$`; each at most once. */
export type Query = Readonly<Partial<Record<QueryOption, string>>>

/** Options of a list and of a single resource. */
export const listOptions: readonly QueryOption[] = ['select', 'filter', 'top', 'skip', 'count']
/** Of a log that is read from its newest entry on. */
export const logOptions: readonly QueryOption[] = [
  'select',
  'filter',
  'top',
  'orderby',
  'skiptoken',
]
export const itemOptions: readonly QueryOption[] = ['select']

/** The original pages by 100 when nothing is said, and never gives more than 999. */
const defaultTop = 100
const maxTop = 999

/** Reads the query; anything a resource does not take, or takes once and finds twice, is refused with 400. */
export function parseQuery(search: URLSearchParams, allowed: readonly QueryOption[]): Query {
  const query: Partial<Record<QueryOption, string>> = {}
  for (const [written, value] of search) {
    // Graph takes its options with and without the dollar sign.
    const name = written.replace(/^\$/, '').toLowerCase()
    const option = allowed.find((each) => each === name)
    if (!option) {
      throw badRequest(`The query option '${written}' is not supported here.`, 'unknown-option')
    }
    if (query[option] !== undefined) {
      throw badRequest(`The query option '${written}' appears twice.`, 'duplicate-option')
    }
    query[option] = value
  }
  return query
}

/** How one kind of resource is listed: its properties for `$select`, its filters, its JSON. */
export interface Collection<Item> {
  /** After `$metadata#`, e.g. `applications`. */
  readonly context: string
  readonly properties: readonly string[]
  /** Properties that only come when `$select` names them, in lists. */
  readonly onlySelected?: readonly string[]
  readonly fields: FilterFields<Item>
  write(item: Item): Record<string, unknown>
}

/** One page of a collection as OData JSON. `self` is the URL of the request, for the next link. */
export function writePage<Item>(
  collection: Collection<Item>,
  items: readonly Item[],
  query: Query,
  self: URL,
  metadataUrl: string,
): object {
  const keep = query.filter === undefined ? items : items.filter(filterOf(query, collection))
  const top = Math.min(readCount(query.top, '$top') ?? defaultTop, maxTop)
  const skip = readCount(query.skip, '$skip') ?? 0
  const names = selected(query, collection)
  const page = keep.slice(skip, skip + top)
  const hidden = collection.onlySelected ?? []
  return {
    '@odata.context': contextUrl(collection, query, metadataUrl),
    ...(wantsCount(query) && { '@odata.count': keep.length }),
    ...(top > 0 &&
      skip + top < keep.length && { '@odata.nextLink': nextLink(self, skip + top, top, query) }),
    value: page.map((item) =>
      pick(
        collection.write(item),
        names ?? collection.properties.filter((p) => !hidden.includes(p)),
      ),
    ),
  }
}

/** A part of a long collection as OData JSON; `cursor` is where the next one begins, if there is one. */
export function writePart<Item>(
  collection: Collection<Item>,
  items: readonly Item[],
  query: Query,
  self: URL,
  metadataUrl: string,
  cursor: string | undefined,
): object {
  const names = selected(query, collection) ?? collection.properties
  return {
    '@odata.context': contextUrl(collection, query, metadataUrl),
    ...(cursor !== undefined && { '@odata.nextLink': linkTo(self, query, cursor) }),
    value: items.map((item) => pick(collection.write(item), names)),
  }
}

function linkTo(self: URL, query: Query, cursor: string): string {
  const next = new URL(self)
  next.search = ''
  for (const name of ['select', 'filter', 'top', 'orderby'] as const) {
    const value = query[name]
    if (value !== undefined) next.searchParams.set(`$${name}`, value)
  }
  next.searchParams.set('$skiptoken', cursor)
  return next.href.replaceAll('%24', '$')
}

/** One resource as OData JSON. */
export function writeItem<Item>(
  collection: Collection<Item>,
  item: Item,
  query: Query,
  metadataUrl: string,
): object {
  return {
    '@odata.context': `${contextUrl(collection, query, metadataUrl)}/$entity`,
    ...pick(collection.write(item), selected(query, collection) ?? collection.properties),
  }
}

function filterOf<Item>(query: Query, collection: Collection<Item>): (item: Item) => boolean {
  return parseFilter(query.filter ?? '', collection.fields)
}

function contextUrl<Item>(collection: Collection<Item>, query: Query, metadataUrl: string): string {
  const names = selected(query, collection)
  return `${metadataUrl}#${collection.context}${names ? `(${names.join(',')})` : ''}`
}

function selected<Item>(query: Query, collection: Collection<Item>): string[] | undefined {
  if (query.select === undefined) return undefined
  return query.select.split(',').map((written) => {
    const name = written.trim().toLowerCase()
    const property = collection.properties.find((each) => each.toLowerCase() === name)
    if (property === undefined) {
      throw badRequest(`Could not find a property named '${written.trim()}'.`, 'unknown-property')
    }
    return property
  })
}

/** A whole number, or undefined when the option is not there; throws a Refusal for anything else. */
export function readCount(written: string | undefined, option: string): number | undefined {
  if (written === undefined) return undefined
  if (!/^[0-9]{1,9}$/.test(written)) {
    throw badRequest(`${option} must be a whole number, not '${written}'.`, 'bad-option')
  }
  return Number(written)
}

function wantsCount(query: Query): boolean {
  const count = query.count?.toLowerCase()
  if (count !== undefined && count !== 'true' && count !== 'false') {
    throw badRequest("$count must be 'true' or 'false'.", 'bad-option')
  }
  return count === 'true'
}

// The count stands on the first page only, so the link does not ask for it again.
function nextLink(self: URL, skip: number, top: number, query: Query): string {
  const next = new URL(self)
  next.search = ''
  const options = { select: query.select, filter: query.filter, top: query.top && String(top) }
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) next.searchParams.set(`$${name}`, value)
  }
  next.searchParams.set('$skip', String(skip))
  return next.href.replaceAll('%24', '$')
}

// Annotations such as @odata.type come whatever is selected.
function pick(written: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  const annotations = Object.keys(written).filter((name) => name.startsWith('@'))
  return Object.fromEntries([...annotations, ...names].map((name) => [name, written[name]]))
}
