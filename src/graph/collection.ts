import { type FilterFields, parseFilter } from './filter.ts'
import { parseOrder } from './order.ts'
import { type Query, readCount, readSelect, unsupported, wantsCount } from './query.ts'
import { parseSearch } from './search.ts'

/** The original pages by 100 when nothing is said, and never gives more than 999. */
const defaultTop = 100
const maxTop = 999

/** How one kind of resource is listed: its properties for `$select`, its filters, its JSON. */
export interface Collection<Item> {
  /** After `$metadata#`, e.g. `applications`. */
  readonly context: string
  readonly properties: readonly string[]
  /** Properties that only come when `$select` names them, in lists. */
  readonly onlySelected?: readonly string[]
  /** What `$filter` and `$orderby` know. */
  readonly fields: FilterFields<Item>
  /** Those of them that `$search` looks into; without a property it looks into the first. */
  readonly searched?: readonly string[]
  write(item: Item): Record<string, unknown>
}

/** What a page or an item is besides its collection: where it stands, and what is written in full into it. */
export interface Frame {
  readonly query: Query
  /** The URL of the request, for the next link. */
  readonly self: URL
  readonly metadataUrl: string
  /** The navigation properties that `$expand` names. */
  readonly expanded: readonly string[]
}

/** The items that a page shows, and what is said about the others. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly count: number | undefined
  readonly nextLink: string | undefined
}

/** The part of a collection that the query asks for: filtered, searched, ordered, cut. Throws a Refusal (400). */
export function pageOf<Item>(
  { fields, searched }: Collection<Item>,
  items: readonly Item[],
  { query, self }: Pick<Frame, 'query' | 'self'>,
): Page<Item> {
  const { filter, search, orderby } = query
  if (search !== undefined && !searched) throw unsupported('$search')
  const tests = [
    ...(filter === undefined ? [] : [parseFilter(filter, fields)]),
    ...(search === undefined ? [] : [parseSearch(search, fields, searched ?? [])]),
  ]
  const kept = tests.length === 0 ? items : items.filter((item) => tests.every((is) => is(item)))
  const sorted = orderby === undefined ? kept : kept.toSorted(parseOrder(orderby, fields))
  const top = Math.min(readCount(query.top, '$top') ?? defaultTop, maxTop)
  const skip = readCount(query.skip, '$skip') ?? 0
  const isMore = top > 0 && skip + top < sorted.length
  return {
    items: sorted.slice(skip, skip + top),
    count: wantsCount(query) ? sorted.length : undefined,
    nextLink: isMore ? nextLink(self, skip + top, top, query) : undefined,
  }
}

/** One page as OData JSON; `more` is what `$expand` adds to each item. */
export function writePage<Item>(
  collection: Collection<Item>,
  page: Page<Item>,
  frame: Frame,
  more: readonly object[] = [],
): object {
  const hidden = collection.onlySelected ?? []
  const names =
    readSelect(frame.query.select, collection.properties) ??
    collection.properties.filter((property) => !hidden.includes(property))
  return {
    '@odata.context': contextUrl(collection, frame),
    ...(page.count !== undefined && { '@odata.count': page.count }),
    ...(page.nextLink !== undefined && { '@odata.nextLink': page.nextLink }),
    value: page.items.map((item, at) => ({ ...pick(collection.write(item), names), ...more[at] })),
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
  const names = readSelect(query.select, collection.properties) ?? collection.properties
  const link = cursor === undefined ? undefined : linkTo(self, query, { $skiptoken: cursor })
  return {
    '@odata.context': contextUrl(collection, { query, metadataUrl, expanded: [] }),
    ...(link !== undefined && { '@odata.nextLink': link }),
    value: items.map((item) => pick(collection.write(item), names)),
  }
}

/** One resource as OData JSON; `more` is what `$expand` adds to it. */
export function writeItem<Item>(
  collection: Collection<Item>,
  item: Item,
  frame: Omit<Frame, 'self'>,
  more: object = {},
): object {
  const names = readSelect(frame.query.select, collection.properties) ?? collection.properties
  return {
    '@odata.context': `${contextUrl(collection, frame)}/$entity`,
    ...pick(collection.write(item), names),
    ...more,
  }
}

// OData 4.01 protocol §10.8: what was selected and expanded stands behind the name.
function contextUrl<Item>(
  { context, properties }: Collection<Item>,
  { query, metadataUrl, expanded }: Omit<Frame, 'self'>,
): string {
  const names = [
    ...(readSelect(query.select, properties) ?? []),
    ...expanded.map((name) => `${name}()`),
  ]
  return `${metadataUrl}#${context}${names.length > 0 ? `(${names.join(',')})` : ''}`
}

// The count stands on the first page only, so the link does not ask for it again.
function nextLink(self: URL, skip: number, top: number, query: Query): string {
  const { top: written, ...others } = query
  return linkTo(self, written === undefined ? others : { ...others, top: String(top) }, {
    $skip: String(skip),
  })
}

function linkTo(self: URL, query: Query, cursor: Readonly<Record<string, string>>): string {
  const next = new URL(self)
  next.search = ''
  for (const name of ['select', 'filter', 'search', 'orderby', 'expand', 'top'] as const) {
    const value = query[name]
    if (value !== undefined) next.searchParams.set(`$${name}`, value)
  }
  for (const [name, value] of Object.entries(cursor)) next.searchParams.set(name, value)
  return next.href.replaceAll('%24', '$')
}

/** The named properties. Annotations such as @odata.type come whatever is selected. */
export function pick(
  written: Record<string, unknown>,
  names: readonly string[],
): Record<string, unknown> {
  const annotations = Object.keys(written).filter((name) => name.startsWith('@'))
  return Object.fromEntries([...annotations, ...names].map((name) => [name, written[name]]))
}
