import { type Api, quote, withQuery } from './api.ts'
import { exitCodes, Failure } from './failure.ts'
import { nearest } from './nearest.ts'
import { type Resource, textAt } from './resource.ts'

/** A kind of resource that people call by name. */
export interface Kind {
  /** `application`, as sentences call one of them. */
  readonly noun: string
  /** Where its collection is, below `/beta`. */
  readonly path: string
  /** The property that people know it by. */
  readonly nameProperty: string
  /** Asks for what lists leave out. */
  readonly select?: string
  /** Other words for it, such as the host of its URL. */
  readonly otherNames?: (resource: Resource) => readonly string[]
  /** The command that lists them. */
  readonly listCommand: string
}

const guidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export function isGuid(word: string): boolean {
  return guidPattern.test(word)
}

export function nameOf(kind: Kind, resource: Resource): string {
  return textAt(resource, kind.nameProperty) || textAt(resource, 'id')
}

/** One resource's path. */
export function pathOf(kind: Kind, resource: Resource): string {
  return `${kind.path}/${encodeURIComponent(textAt(resource, 'id'))}`
}

/**
 * The one resource that a word means: its id, its name in any case, or one of its other names. Throws a Failure that lists
 * the candidates when there are several, and what comes near when there is none.
 */
export async function resolve(api: Api, kind: Kind, word: string): Promise<Resource> {
  if (isGuid(word)) {
    const path = withQuery(`${kind.path}/${word}`, { select: kind.select })
    const found = await api.find(path)
    if (found) return found
  }
  const filter = `${kind.nameProperty} eq ${quote(word)}`
  const named = await api.list(kind.path, { select: kind.select, filter })
  if (named.length > 0) return theOne(kind, word, named)
  const all = await api.list(kind.path, { select: kind.select })
  const matches = all.filter((each) => namesOf(kind, each).includes(word.toLowerCase()))
  if (matches.length > 0) return theOne(kind, word, matches)
  throw unknownName(
    kind.noun,
    word,
    all.map((each) => nameOf(kind, each)),
    kind.listCommand,
  )
}

function namesOf(kind: Kind, resource: Resource): readonly string[] {
  const names = [
    textAt(resource, 'id'),
    nameOf(kind, resource),
    ...(kind.otherNames?.(resource) ?? []),
  ]
  return names.map((name) => name.toLowerCase())
}

function theOne(kind: Kind, word: string, candidates: readonly Resource[]): Resource {
  const [only, ...others] = candidates
  if (only !== undefined && others.length === 0) return only
  const lines = candidates.map((each) => `${textAt(each, 'id')}  ${nameOf(kind, each)}`)
  throw ambiguousName(kind.noun, word, lines)
}

/** A word that means several things; `candidates` are lines with the ids to choose from. */
export function ambiguousName(noun: string, word: string, candidates: readonly string[]): Failure {
  return new Failure({
    code: 'ambiguous-name',
    exitCode: exitCodes.usage,
    message: `There is more than one ${noun} called ${word}. Give the id of the one that is meant:`,
    details: candidates,
  })
}

/** A word that means nothing, with the names that come near. */
export function unknownName(
  noun: string,
  word: string,
  names: readonly string[],
  listCommand: string,
): Failure {
  const near = nearest(word, names)
  const hint = near.length > 0 ? [`Did you mean ${near.join(' or ')}?`] : []
  return new Failure({
    code: 'not-found',
    exitCode: exitCodes.failed,
    message: `There is no ${noun} called ${word}.`,
    details: hint,
    fix: `sallyport ${listCommand}`,
  })
}
