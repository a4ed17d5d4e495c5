/** What a field says about its own message: how long it is, whom it is for, where the connection goes. */
export type Meaning =
  | 'host'
  | 'connection'
  | 'contentLength'
  | 'transferEncoding'
  | 'expect'
  | 'upgrade'

/** A field name as it was written, the same string for all messages. */
export interface FieldName {
  readonly written: string
  readonly meaning: Meaning | undefined
}

const meanings: ReadonlyMap<string, Meaning> = new Map([
  ['host', 'host'],
  ['connection', 'connection'],
  ['content-length', 'contentLength'],
  ['transfer-encoding', 'transferEncoding'],
  ['expect', 'expect'],
  ['upgrade', 'upgrade'],
])

// Whoever talks HTTP writes the same few dozen names. A name that shares its place with another costs what it would cost
// anyway, and whoever invents names fills this much memory at most.
const places = 2048
const rememberedMaxLength = 64
const remembered: (FieldName | undefined)[] = new Array(places).fill(undefined)

/** The name in `bytes` from `start` to `end`; `text` begins at `offset` of them, `hash` is any hash of the name. */
export function fieldNameAt(
  bytes: Buffer,
  text: string,
  offset: number,
  start: number,
  end: number,
  hash: number,
): FieldName {
  const place = hash & (places - 1)
  const known = remembered[place]
  const length = end - start
  if (known?.written.length === length && text.startsWith(known.written, start - offset)) {
    return known
  }
  // Not a slice of `text`: that would keep the whole of it alive for as long as the name is remembered.
  const written = bytes.toString('latin1', start, end)
  const name = { written, meaning: meanings.get(written.toLowerCase()) }
  if (length <= rememberedMaxLength) remembered[place] = name
  return name
}
