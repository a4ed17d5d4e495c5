import { fieldValuePattern } from '../http/headers.ts'

/** What a field is to a request over HTTP/2, told when it is decoded and kept with it (RFC 9113 §8.2, §8.3). */
export const fieldKinds = {
  plain: 0,
  pseudo: 1,
  /** It says how long the body is. */
  length: 2,
  /** Trailers only, or it is forbidden. */
  te: 3,
  /** It makes the message malformed. */
  forbidden: 4,
} as const

export type FieldKind = (typeof fieldKinds)[keyof typeof fieldKinds]

/** A field as it came out of HPACK. The same object each time a client sends it by reference. */
export interface Field {
  readonly name: string
  readonly value: string
  readonly kind: FieldKind
  /** RFC 7541 §4.1 */
  readonly size: number
}

// RFC 7541 §4.1
export const entryOverheadBytes = 32

export function createField(name: string, value: string): Field {
  const size = name.length + value.length + entryOverheadBytes
  return { name, value, kind: classify(name, value), size }
}

// RFC 9113 §8.2.1: names are in lower case, values have no white space around them.
const namePattern = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/
const paddedPattern = /^[ \t]|[ \t]$/

const special: ReadonlyMap<string, FieldKind> = new Map<string, FieldKind>([
  [':method', fieldKinds.pseudo],
  [':scheme', fieldKinds.pseudo],
  [':authority', fieldKinds.pseudo],
  [':path', fieldKinds.pseudo],
  [':protocol', fieldKinds.pseudo],
  ['content-length', fieldKinds.length],
  ['te', fieldKinds.te],
  // RFC 9113 §8.2.2: fields of a connection.
  ['connection', fieldKinds.forbidden],
  ['keep-alive', fieldKinds.forbidden],
  ['proxy-connection', fieldKinds.forbidden],
  ['transfer-encoding', fieldKinds.forbidden],
  ['upgrade', fieldKinds.forbidden],
  ['http2-settings', fieldKinds.forbidden],
])

function classify(name: string, value: string): FieldKind {
  if (!fieldValuePattern.test(value) || paddedPattern.test(value)) return fieldKinds.forbidden
  const kind = special.get(name)
  if (kind !== undefined) return kind
  return namePattern.test(name) ? fieldKinds.plain : fieldKinds.forbidden
}
