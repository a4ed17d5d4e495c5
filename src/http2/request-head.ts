import { tokenPattern } from '../http/headers.ts'
import { type Field, fieldKinds } from './field.ts'

/** A request as HTTP/2 has it, well-formed by RFC 9113 §8. */
export interface Http2RequestHead {
  readonly method: string
  /** `:scheme` as written; undefined on an ordinary CONNECT. */
  readonly scheme: string | undefined
  readonly authority: string | undefined
  /** `:path`; empty on an ordinary CONNECT. */
  readonly path: string
  /** `:protocol` of an extended CONNECT (RFC 8441 §4). */
  readonly protocol: string | undefined
  /** The other fields: order and repeats as they came. */
  readonly headers: readonly string[]
  readonly contentLength: number | undefined
}

const lengthPattern = /^[0-9]{1,15}$/

/** The request in these fields; undefined when they are malformed (RFC 9113 §8.1.1). */
export function readRequestHead(fields: readonly Field[]): Http2RequestHead | undefined {
  let method: string | undefined
  let scheme: string | undefined
  let authority: string | undefined
  let path: string | undefined
  let protocol: string | undefined
  let contentLength: number | undefined
  const headers: string[] = []
  for (let i = 0; i < fields.length; i++) {
    const { name, value, kind } = fields[i] as Field
    if (kind !== fieldKinds.pseudo) {
      if (kind === fieldKinds.length) {
        if (contentLength !== undefined || !lengthPattern.test(value)) return undefined
        contentLength = Number(value)
      } else if (kind !== fieldKinds.plain && !isTrailersAllowed(kind, value)) return undefined
      headers.push(name, value)
      continue
    }
    // They come before all others, and each once (RFC 9113 §8.3).
    if (headers.length > 0) return undefined
    if (name === ':method' && method === undefined) method = value
    else if (name === ':path' && path === undefined) path = value
    else if (name === ':authority' && authority === undefined) authority = value
    else if (name === ':scheme' && scheme === undefined) scheme = value
    else if (name === ':protocol' && protocol === undefined) protocol = value
    else return undefined
  }
  if (method === undefined || !tokenPattern.test(method)) return undefined
  if (!isShaped(method, scheme, authority, path, protocol)) return undefined
  return { method, scheme, authority, path: path ?? '', protocol, headers, contentLength }
}

/** Trailers, flat; undefined when they are malformed. */
export function readTrailers(fields: readonly Field[]): readonly string[] | undefined {
  const trailers: string[] = []
  for (const { name, value, kind } of fields) {
    if (kind === fieldKinds.pseudo || kind === fieldKinds.forbidden) return undefined
    trailers.push(name, value)
  }
  return trailers
}

// RFC 9113 §8.2.2.
function isTrailersAllowed(kind: Field['kind'], value: string): boolean {
  return kind === fieldKinds.te && value.toLowerCase() === 'trailers'
}

/** RFC 9113 §8.3.1, §8.5 and RFC 8441 §4: which pseudo-fields belong to which method. */
function isShaped(
  method: string,
  scheme: string | undefined,
  authority: string | undefined,
  path: string | undefined,
  protocol: string | undefined,
): boolean {
  if (method === 'CONNECT' && protocol === undefined) {
    return scheme === undefined && path === undefined && authority !== undefined
  }
  if (protocol !== undefined && (method !== 'CONNECT' || authority === undefined)) return false
  if (!scheme || !path) return false
  return path.startsWith('/') || (path === '*' && method === 'OPTIONS')
}
