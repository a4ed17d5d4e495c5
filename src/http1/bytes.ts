import { answerValuePattern, fieldValuePattern, tokenPattern } from '../http/headers.ts'

export const tab = 0x09
export const lineFeed = 0x0a
export const carriageReturn = 0x0d
export const space = 0x20
export const colon = 0x3a

/** Which bytes may stand in a token (RFC 9110 §5.6.2): 1 for yes. */
export const tokenBytes: Uint8Array = byteTable((text) => tokenPattern.test(text))

/** Which bytes may stand in a field value (RFC 9110 §5.5). */
export const valueBytes: Uint8Array = byteTable((text) => fieldValuePattern.test(text))

/** The same for an answer. */
export const answerValueBytes: Uint8Array = byteTable((text) => answerValuePattern.test(text))

/** Which bytes may stand in a request target: everything printable in ASCII but the space. */
export const targetBytes: Uint8Array = byteTable((text) => /^[\x21-\x7e]$/.test(text))

function byteTable(allowed: (text: string) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (allowed(String.fromCharCode(byte)) ? 1 : 0))
}

/** What is wrong with a byte that may not stand where it stands; `next` is the byte behind it. */
export function badByte(
  byte: number | undefined,
  next: number | undefined,
): 'bare-line-feed' | 'bare-carriage-return' | 'control-byte' {
  if (byte === lineFeed) return 'bare-line-feed'
  return byte === carriageReturn && next !== lineFeed ? 'bare-carriage-return' : 'control-byte'
}
