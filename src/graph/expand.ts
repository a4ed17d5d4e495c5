import { type Collection, pick } from './collection.ts'
import { readSelect } from './query.ts'
import { badRequest } from './refusal.ts'

/** How a navigation property is written into an item: what it holds, with the properties that a nested `$select` names. */
export type Expand<Item> = (item: Item, select: string | undefined) => Promise<Expanded>

interface Expanded {
  readonly value: object | null
  /** Where the rest is, when that is not all. */
  readonly nextLink?: string
}

/** Navigation properties that `$expand` may name, in Graph's spelling. */
export type Expansions<Item> = Readonly<Record<string, Expand<Item>>>

/** As many as one page has when nothing is said; whoever wants more reads the collection itself. */
const maxExpanded = 100
const maxProperties = 20

/** A navigation property that leads to a collection; `read` gives all of it, `linkOf` where it is read by itself. */
export function toMany<Item, Part>(
  collection: Collection<Part>,
  read: (item: Item) => Promise<readonly Part[]>,
  linkOf: (item: Item) => string,
): Expand<Item> {
  return async (item, select) => {
    const parts = await read(item)
    const value = parts.slice(0, maxExpanded).map((part) => write(collection, part, select))
    const isMore = parts.length > maxExpanded
    return { value, ...(isMore && { nextLink: `${linkOf(item)}?$skip=${maxExpanded}` }) }
  }
}

/** A navigation property that leads to one thing; null where there is none. */
export function toOne<Item, Part>(
  collection: Collection<Part>,
  read: (item: Item) => Promise<Part | undefined>,
): Expand<Item> {
  return async (item, select) => {
    const part = await read(item)
    return { value: part === undefined ? null : write(collection, part, select) }
  }
}

function write<Part>(collection: Collection<Part>, part: Part, select: string | undefined): object {
  const { properties, onlySelected = [] } = collection
  const names =
    readSelect(select, properties) ?? properties.filter((p) => !onlySelected.includes(p))
  return pick(collection.write(part), names)
}

interface Wanted<Item> {
  readonly name: string
  readonly select: string | undefined
  readonly expand: Expand<Item>
}

/** The navigation properties that an `$expand` names. Throws a Refusal (400) for what is none. */
export function namesOf<Item>(
  text: string | undefined,
  expansions: Expansions<Item>,
): readonly string[] {
  return parseExpand(text, expansions).map(({ name }) => name)
}

/** What an `$expand` adds to each of these. */
export async function expandItems<Item>(
  text: string | undefined,
  expansions: Expansions<Item>,
  items: readonly Item[],
): Promise<readonly object[]> {
  const wanted = parseExpand(text, expansions)
  const more: Record<string, unknown>[] = []
  for (const item of items) {
    const properties: Record<string, unknown> = {}
    for (const { name, select, expand } of wanted) {
      const { value, nextLink } = await expand(item, select)
      properties[name] = value
      if (nextLink !== undefined) properties[`${name}@odata.nextLink`] = nextLink
    }
    more.push(properties)
  }
  return more
}

// members, members($select=id,displayName): the one option inside that published examples use.
const clause = /^([A-Za-z]+)(?:\(\$?select=([A-Za-z@.,* ]+)\))?$/i

function parseExpand<Item>(
  text: string | undefined,
  expansions: Expansions<Item>,
): readonly Wanted<Item>[] {
  if (text === undefined) return []
  const clauses = text.split(/,(?![^(]*\))/).map((each) => each.trim())
  if (clauses.length > maxProperties) throw malformed(`it names more than ${maxProperties}`)
  return clauses.map((written) => {
    const [, property, select] = clause.exec(written) ?? []
    const wanted = property?.toLowerCase()
    const found = Object.entries(expansions).find(([name]) => name.toLowerCase() === wanted)
    if (!found) throw badExpand(written)
    const [name, expand] = found
    return { name, select, expand }
  })
}

/** 400 for what cannot be expanded. */
export function badExpand(written: string) {
  return malformed(`'${written.trim().slice(0, 100)}' cannot be expanded here`)
}

function malformed(why: string) {
  return badRequest(`Invalid expand clause: ${why}.`, 'bad-expand')
}
