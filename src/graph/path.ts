import { badRequest } from './refusal.ts'

export type ApiVersion = 'beta' | 'v1.0'

/** The unique name in the last part of the path, as it was written: `applications(uniqueName='…')`. */
export function uniqueNameIn(pathname: string): string | undefined {
  const last = pathname.replace(/\/$/, '').split('/').at(-1) ?? ''
  const [, quoted] = /\( *uniquename *= *'((?:[^']|'')+)'\)$/i.exec(decodeURIComponent(last)) ?? []
  return quoted?.replaceAll("''", "'")
}

/** A request path in the one spelling that the routes are written in. */
export interface ApiPath {
  readonly version: ApiVersion
  /** Lower-case; keys as segments of their own; alternate keys as `(appid=…)`, `(uniquename=…)`. */
  readonly path: string
  /** It ended in `/$count`, which the path above leaves out. */
  readonly isCount: boolean
}

/** Longer paths name nothing here: the deepest resource has 11 segments. */
const maxPathLength = 2048

/**
 * Turns an OData path into the canonical one: names and keys in any case, `applications/{id}`, `applications({id})`,
 * `applications('{id}')` and `applications(appId='…')` (OData 4.01 URL conventions §4.3.1).
 * Undefined when it is not below a version prefix; throws a Refusal (400) when it cannot be read.
 */
export function parseApiPath(pathname: string): ApiPath | undefined {
  if (pathname.length > maxPathLength) throw badRequest('The path is too long.')
  const [, version, ...rest] = pathname.replace(/\/$/, '').toLowerCase().split('/')
  if (version !== 'beta' && version !== 'v1.0') return undefined
  const isCount = /^(?:\$|%24)count$/.test(rest.at(-1) ?? '')
  const names = isCount ? rest.slice(0, -1) : rest
  return { version, path: names.map(canonicalSegment).join(''), isCount }
}

function canonicalSegment(raw: string): string {
  const segment = decode(raw)
  if (segment.startsWith('(') || segment === '') throw badRequest(`Malformed path near '${raw}'.`)
  const call = /^([a-z0-9_.$]+)\((.*)\)$/s.exec(segment)
  if (!call) return `/${encode(segment)}`
  const [, name = '', inner = ''] = call
  return `/${encode(name)}/${encode(readKey(inner))}`
}

// In a quoted key a quote is doubled (OData 4.01 ABNF, SQUOTE-in-string).
function readKey(inner: string): string {
  const match = /^(?:(appid|uniquename) *= *)?(?:'((?:[^']|'')+)'|([^'()=, ]+))$/.exec(inner)
  if (!match) throw badRequest(`Malformed key '(${inner})'.`)
  const [, name, quoted, bare = ''] = match
  const value = quoted?.replaceAll("''", "'") ?? bare
  return name ? `(${name}=${value})` : value
}

function decode(raw: string): string {
  try {
    return decodeURIComponent(raw).toLowerCase()
  } catch {
    // A lone percent sign or bytes that are no UTF-8.
    throw badRequest(`Malformed escape in path near '${raw}'.`)
  }
}

function encode(segment: string): string {
  return encodeURIComponent(segment).replaceAll('%24', '$')
}
