import { createHash } from 'node:crypto'
import { badRequest, preconditionFailed } from './refusal.ts'

/** What a request demands of the resource as it stands (RFC 9110 §13.1). */
export interface Precondition {
  /** `If-Match`: one of these, or `*` for any. */
  readonly match: readonly string[] | '*' | undefined
  /** `If-None-Match`: none of these, or `*` for nothing at all. */
  readonly noneMatch: readonly string[] | '*' | undefined
}

// 132 bits: nobody meets a second resource of the same tag.
const tagLength = 22
const maxTags = 50

// RFC 9110 §8.8.3. A weak tag is read, so that it can be refused or compared weakly.
const tagPattern = /^(?:W\/)?"[\x21\x23-\x7e]*"$/

/** The strong tag of a representation; annotations, such as its context, are about the answer and do not count. */
export function tagOf(body: object): string {
  const facts = Object.entries(body).filter(([name]) => !name.startsWith('@'))
  return tagOfText(JSON.stringify(facts))
}

/** The strong tag of what is a text. */
export function tagOfText(text: string): string {
  const hash = createHash('sha256').update(text).digest('base64url')
  return `"${hash.slice(0, tagLength)}"`
}

/** The conditions of a request; undefined when it has none. Throws a Refusal (400) for what is no list of tags. */
export function readPrecondition(headers: Headers): Precondition | undefined {
  const match = readTags(headers, 'if-match')
  const noneMatch = readTags(headers, 'if-none-match')
  return match === undefined && noneMatch === undefined ? undefined : { match, noneMatch }
}

function readTags(headers: Headers, name: string): Precondition['match'] {
  const field = headers.get(name)?.trim()
  if (field === undefined) return undefined
  if (field === '*') return '*'
  const tags = field.split(',').map((tag) => tag.trim())
  if (tags.length > maxTags || !tags.every((tag) => tagPattern.test(tag))) {
    throw badRequest(`${name} must be * or a list of entity tags.`, 'bad-entity-tag')
  }
  return tags
}

/**
 * Throws a Refusal (412) unless the resource may be changed; `tag` is undefined where there is none. Weak tags never
 * match here (RFC 9110 §13.1.1).
 */
export function demand({ match, noneMatch }: Precondition, tag: string | undefined): void {
  const isMatched =
    match === undefined || (tag !== undefined && (match === '*' || match.includes(tag)))
  const isNew = noneMatch === undefined || !sees(noneMatch, tag)
  if (!isMatched || !isNew) throw preconditionFailed()
}

/** Whether the caller has this representation already (RFC 9110 §13.1.2: weak comparison). */
export function sees(noneMatch: readonly string[] | '*', tag: string | undefined): boolean {
  if (tag === undefined) return false
  return noneMatch === '*' || noneMatch.some((each) => each.replace(/^W\//, '') === tag)
}
