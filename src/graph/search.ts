import { type FilterFields, findField, type Predicate } from './filter.ts'
import { badRequest } from './refusal.ts'

// A search is read by hand: these bound its cost, whatever is sent.
const maxLength = 500
const maxClauses = 20

const token = /\s*(?:"((?:[^"\\]|\\.)*)"|([()])|([^\s()"]+))/y

/**
 * Compiles a `$search` such as `"displayName:ann" AND "mail:contoso"`: quoted clauses, `AND`, `OR` and parentheses. Each word
 * of a clause must begin a word of the property, in any case; a clause without a property looks into the first of
 * `searched`. Throws a Refusal (400).
 */
export function parseSearch<Item>(
  text: string,
  fields: FilterFields<Item>,
  searched: readonly string[],
): Predicate<Item> {
  const tokens = tokenize(text)
  const reader = { tokens, at: 0 }
  const predicate = readOr(reader, (clause) => compile(clause, fields, searched))
  if (reader.at < tokens.length) throw malformed(`unexpected '${tokens[reader.at]?.text}'`)
  return predicate
}

interface Token {
  readonly text: string
  readonly quoted: boolean
}

interface Reader {
  readonly tokens: readonly Token[]
  at: number
}

function tokenize(text: string): Token[] {
  if (text.length > maxLength) throw malformed(`it is longer than ${maxLength} characters`)
  const trimmed = text.trimEnd()
  const tokens: Token[] = []
  token.lastIndex = 0
  while (token.lastIndex < trimmed.length) {
    const match = token.exec(trimmed)
    if (!match) throw malformed('a quotation mark is missing')
    const [, quoted, sign, word = ''] = match
    const isQuoted = quoted !== undefined
    tokens.push({ text: quoted?.replace(/\\(.)/g, '$1') ?? sign ?? word, quoted: isQuoted })
  }
  if (tokens.length === 0) throw malformed('it is empty')
  if (tokens.length > maxClauses * 4) throw malformed(`it has more than ${maxClauses} clauses`)
  return tokens
}

type Compile<Item> = (clause: string) => Predicate<Item>

function readOr<Item>(reader: Reader, compileClause: Compile<Item>): Predicate<Item> {
  const terms = [readAnd(reader, compileClause)]
  while (accept(reader, 'OR')) terms.push(readAnd(reader, compileClause))
  return (item) => terms.some((term) => term(item))
}

function readAnd<Item>(reader: Reader, compileClause: Compile<Item>): Predicate<Item> {
  const terms = [readTerm(reader, compileClause)]
  while (accept(reader, 'AND')) terms.push(readTerm(reader, compileClause))
  return (item) => terms.every((term) => term(item))
}

function readTerm<Item>(reader: Reader, compileClause: Compile<Item>): Predicate<Item> {
  const taken = reader.tokens[reader.at++]
  if (!taken) throw malformed('it ends too early')
  if (taken.quoted || !/^(?:[()]|AND|OR|NOT)$/.test(taken.text)) return compileClause(taken.text)
  if (taken.text !== '(') throw malformed(`unexpected '${taken.text}'`)
  const inner = readOr(reader, compileClause)
  if (!accept(reader, ')')) throw malformed("')' is missing")
  return inner
}

function accept(reader: Reader, word: string): boolean {
  const next = reader.tokens[reader.at]
  if (!next || next.quoted || next.text !== word) return false
  reader.at++
  return true
}

function compile<Item>(
  clause: string,
  fields: FilterFields<Item>,
  searched: readonly string[],
): Predicate<Item> {
  const [, property, rest] = /^([A-Za-z]+):(.*)$/s.exec(clause) ?? []
  const name = searched.find((each) => each.toLowerCase() === property?.toLowerCase())
  if (property !== undefined && name === undefined) {
    throw malformed(`the property '${property}' cannot be searched`)
  }
  const get = findField(fields, name ?? searched[0] ?? '')
  const wanted = wordsOf(name === undefined ? clause : (rest ?? ''))
  if (!get || wanted.length === 0) throw malformed('a clause says nothing')
  return (item) => {
    const value = get(item)
    const words = wordsOf(typeof value === 'string' ? value : '')
    return wanted.every((word) => words.some((each) => each.startsWith(word)))
  }
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

function malformed(why: string) {
  return badRequest(`Invalid search clause: ${why}.`, 'bad-search')
}
