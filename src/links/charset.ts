/**
 * What a reader of bytes must know of a text's encoding: in `ascii` an ASCII byte is always that character; in the
 * double-byte ones it may be the second half of another; `opaque` cannot be read as bytes.
 */
export type Charset = 'ascii' | 'shiftJis' | 'doubleByte' | 'opaque'

const doubleByte: ReadonlyMap<string, Charset> = new Map([
  ['shift_jis', 'shiftJis'],
  ['gbk', 'doubleByte'],
  ['gb18030', 'doubleByte'],
  ['big5', 'doubleByte'],
  ['euc-kr', 'doubleByte'],
  ['euc-jp', 'ascii'],
  ['utf-16le', 'opaque'],
  ['utf-16be', 'opaque'],
  ['iso-2022-jp', 'opaque'],
])

// Read as "replacement" by browsers (Encoding §replacement), and by Node not at all.
const unreadable = /^\s*(?:csiso2022kr|hz-gb-2312|iso-2022-(?:cn|cn-ext|kr)|replacement)\s*$/i

/** The charset that a label stands for. Labels that browsers do not know they ignore, and fall back to ASCII ones. */
export function charsetOf(label: string): Charset {
  if (unreadable.test(label)) return 'opaque'
  try {
    return doubleByte.get(new TextDecoder(label).encoding) ?? 'ascii'
  } catch {
    return 'ascii' // RangeError: no such label
  }
}

/** Marks the first half of a character of two bytes, by byte. */
export const leadBytes: Readonly<Record<Charset, Uint8Array>> = {
  ascii: markBytes([]),
  opaque: markBytes([]),
  shiftJis: markBytes([
    [0x81, 0x9f],
    [0xe0, 0xfc],
  ]),
  doubleByte: markBytes([[0x81, 0xfe]]),
}

function markBytes(ranges: readonly (readonly [number, number])[]): Uint8Array {
  const marked = new Uint8Array(256)
  for (const [first, last] of ranges) marked.fill(1, first, last + 1)
  return marked
}

const pairs = {
  shiftJis: /[\x81-\x9f\xe0-\xfc][\x40-\xfc]/g,
  doubleByte: /[\x81-\xfe][\x40-\xfe]/g,
} as const

/** The same bytes with characters of two bytes made unmistakable: a second byte must not pass for `\` or a letter. */
export function maskPairs(written: string, charset: Charset): string {
  if (charset !== 'shiftJis' && charset !== 'doubleByte') return written
  return written.replaceAll(pairs[charset], '\xff\xff')
}

/** The charset a byte order mark tells, which beats every label (Encoding §BOM-sniff); undefined without one. */
export function charsetOfMark(start: Uint8Array): Charset | undefined {
  const [first, second, third] = start
  if ((first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe)) return 'opaque'
  return first === 0xef && second === 0xbb && third === 0xbf ? 'ascii' : undefined
}
