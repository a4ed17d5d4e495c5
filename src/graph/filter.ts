import { badRequest, type Refusal } from './refusal.ts'

type Literal = string | number | boolean | null

/** Properties that `$filter` may name: Graph's spelling → how to read it. Lists are for `any`. */
export type FilterFields<Item> = Readonly<
  Record<string, (item: Item) => Literal | undefined | readonly string[]>
>

export type Predicate<Item> = (item: Item) => boolean

// A filter is read by hand-written descent: these bound its cost, whatever is sent.
const maxLength = 2000
const maxNesting = 20

const token =
  /\s*(?:(?<quoted>'(?:[^']|'')*')|(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+Z?)?(?![0-9A-Za-z-]))|(?<word>[A-Za-z_][A-Za-z0-9_./-]*)|(?<other>[0-9a-fA-F][0-9a-fA-F-]*)|(?<sign>[(),:]))/y

/**
 * Compiles an OData `$filter` of `eq`, `ne`, `gt`, `ge`, `lt`, `le`, `in`, `startswith`, `endswith`, `contains`, `any`, `not`,
 * `and`, `or` and parentheses over `fields`. Strings compare without case, as the original does. Throws a Refusal (400) naming what it cannot read.
 */
export function parseFilter<Item>(text: string, fields: FilterFields<Item>): Predicate<Item> {
  const reader = new Reader(tokenize(text))
  const predicate = readOr(reader, fields, 0)
  if (reader.peek() !== undefined) throw malformed(`unexpected '${reader.peek()}'`)
  return predicate
}

class Reader {
  readonly #tokens: readonly string[]
  #next = 0

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  peek(): string | undefined {
    return this.#tokens[this.#next]
  }

  take(): string {
    const taken = this.#tokens[this.#next++]
    if (taken === undefined) throw malformed('it ends too early')
    return taken
  }

  expect(sign: string): void {
    const taken = this.take()
    if (taken !== sign) throw malformed(`'${sign}' expected before '${taken}'`)
  }

  /** Takes the next word when it is this one, in any case. */
  accept(word: string): boolean {
    if (this.peek()?.toLowerCase() !== word) return false
    this.#next++
    return true
  }
}

function tokenize(text: string): string[] {
  if (text.length > maxLength) throw malformed(`it is longer than ${maxLength} characters`)
  const tokens: string[] = []
  const trimmed = text.trimEnd()
  token.lastIndex = 0
  while (token.lastIndex < trimmed.length) {
    const at = token.lastIndex
    const match = token.exec(trimmed)
    if (!match) throw malformed(`cannot read '${trimmed.slice(at, at + 20)}'`)
    tokens.push(match[0].trimStart())
  }
  return tokens
}

function readOr<Item>(reader: Reader, fields: FilterFields<Item>, depth: number): Predicate<Item> {
  const terms = [readAnd(reader, fields, depth)]
  while (reader.accept('or')) terms.push(readAnd(reader, fields, depth))
  return (item) => terms.some((term) => term(item))
}

function readAnd<Item>(reader: Reader, fields: FilterFields<Item>, depth: number): Predicate<Item> {
  const terms = [readTerm(reader, fields, depth)]
  while (reader.accept('and')) terms.push(readTerm(reader, fields, depth))
  return (item) => terms.every((term) => term(item))
}

function readTerm<Item>(
  reader: Reader,
  fields: FilterFields<Item>,
  depth: number,
): Predicate<Item> {
  if (depth > maxNesting) throw malformed(`it is nested deeper than ${maxNesting} levels`)
  if (reader.accept('not')) {
    const term = readTerm(reader, fields, depth + 1)
    return (item) => !term(item)
  }
  if (reader.accept('(')) {
    const inner = readOr(reader, fields, depth + 1)
    reader.expect(')')
    return inner
  }
  const path = reader.take()
  const test = reader.peek() === '(' ? own(textTests, path.toLowerCase()) : undefined
  if (test) return readTextTest(reader, fields, test)
  return path.toLowerCase().endsWith('/any')
    ? readAny(reader, fields, path.slice(0, -4), depth)
    : readComparison(reader, fields, path)
}

function readComparison<Item>(
  reader: Reader,
  fields: FilterFields<Item>,
  path: string,
): Predicate<Item> {
  const get = field(fields, path)
  const operator = reader.take().toLowerCase()
  if (operator === 'in') {
    const choices = readList(reader)
    return (item) => choices.some((choice) => equals(get(item), choice))
  }
  const order = own(orders, operator)
  if (operator !== 'eq' && operator !== 'ne' && !order)
    throw malformed(`unsupported operator '${operator}'`)
  const wanted = readLiteral(reader)
  if (order) return (item) => order(compare(get(item), wanted))
  return (item) => equals(get(item), wanted) === (operator === 'eq')
}

// (OData 4.01 URL conventions §5.1.1.7)
const textTests: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
}

// Whoever asks may name anything, `constructor` too.
function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

function readTextTest<Item>(
  reader: Reader,
  fields: FilterFields<Item>,
  test: (text: string, part: string) => boolean,
): Predicate<Item> {
  reader.expect('(')
  const get = field(fields, reader.take())
  reader.expect(',')
  const part = String(readLiteral(reader)).toLowerCase()
  reader.expect(')')
  return (item) => {
    const value = get(item)
    return typeof value === 'string' && test(value.toLowerCase(), part)
  }
}

function readList(reader: Reader): Literal[] {
  reader.expect('(')
  const choices = [readLiteral(reader)]
  while (reader.accept(',')) choices.push(readLiteral(reader))
  reader.expect(')')
  return choices
}

const orders: Readonly<Record<string, (difference: number) => boolean>> = {
  gt: (difference) => difference > 0,
  ge: (difference) => difference >= 0,
  lt: (difference) => difference < 0,
  le: (difference) => difference <= 0,
}

// What cannot be compared meets no comparison (OData 4.01 URL conventions §5.1.1.1.3). Times compare as the texts they are.
function compare(value: unknown, wanted: Literal): number {
  if (typeof value === 'number' && typeof wanted === 'number') return value - wanted
  if (typeof value !== 'string' || typeof wanted !== 'string') return Number.NaN
  return value === wanted ? 0 : value < wanted ? -1 : 1
}

// tags/any(t:t eq 'HideApp'): the elements are strings, and the variable stands for one of them.
function readAny<Item>(
  reader: Reader,
  fields: FilterFields<Item>,
  path: string,
  depth: number,
): Predicate<Item> {
  const get = field(fields, path)
  const elementsOf = (item: Item): readonly string[] => {
    const values = get(item)
    return Array.isArray(values) ? values : []
  }
  reader.expect('(')
  if (reader.accept(')')) return (item) => elementsOf(item).length > 0
  const variable = reader.take().toLowerCase()
  reader.expect(':')
  const element: FilterFields<string> = { [variable]: (value) => value }
  const inner = readOr(reader, element, depth + 1)
  reader.expect(')')
  return (item) => elementsOf(item).some(inner)
}

function readLiteral(reader: Reader): Literal {
  const written = reader.take()
  if (written.startsWith("'")) return written.slice(1, -1).replaceAll("''", "'")
  if (written === 'true' || written === 'false') return written === 'true'
  if (written === 'null') return null
  // One form for all times, so that they compare as texts.
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T|$)/.test(written)) return readTime(written)
  // GUIDs are written without quotes in many clients.
  if (/^[0-9a-f]{8}-/i.test(written)) return written
  if (/^[0-9]+$/.test(written)) return Number(written)
  throw malformed(`'${written}' is not a value`)
}

function readTime(written: string): string {
  const time = Date.parse(written)
  if (Number.isNaN(time)) throw malformed(`'${written}' is not a time`)
  return new Date(time).toISOString()
}

function equals(value: unknown, wanted: Literal): boolean {
  if (typeof value === 'string' && typeof wanted === 'string') {
    return value.toLowerCase() === wanted.toLowerCase()
  }
  return (value ?? null) === wanted
}

/** How the property of this name, in any case, is read; undefined where there is none of it. */
export function findField<Item>(
  fields: FilterFields<Item>,
  name: string,
): FilterFields<Item>[string] | undefined {
  const wanted = name.toLowerCase()
  return Object.entries(fields).find(([each]) => each.toLowerCase() === wanted)?.[1]
}

function field<Item>(fields: FilterFields<Item>, path: string): FilterFields<Item>[string] {
  const get = findField(fields, path)
  if (!get) throw malformed(`the property '${path}' cannot be filtered by`)
  return get
}

function malformed(why: string): Refusal {
  return badRequest(`Invalid filter clause: ${why}.`, 'bad-filter')
}
