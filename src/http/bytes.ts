import { answerValuePattern, fieldValuePattern, tokenPattern } from './headers.ts'

/** Which bytes may stand in a token (RFC 9110 §5.6.2): 1 for yes. */
export const tokenBytes: Uint8Array = byteTable(tokenPattern)

/** Which bytes may stand in a field value (RFC 9110 §5.5). */
export const valueBytes: Uint8Array = byteTable(fieldValuePattern)

/** The same for an answer. */
export const answerValueBytes: Uint8Array = byteTable(answerValuePattern)

/** Which bytes a pattern takes, each by itself: 1 for yes. */
export function byteTable(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) =>
    pattern.test(String.fromCharCode(byte)) ? 1 : 0,
  )
}

const del = 0x7f
const space = 0x20

/** Where the first byte from `at` on stands that `values` does not allow; `end` when there is none. */
export function skipValue(bytes: Buffer, at: number, end: number, values: Uint8Array): number {
  let i = at
  while (i < end) {
    const byte = bytes[i] as number
    // Nearly every byte is one of these, and this is asked of nearly every byte that comes in.
    if ((byte >= space && byte !== del) || values[byte] === 1) i++
    else break
  }
  return i
}
