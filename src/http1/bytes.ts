import { byteTable } from '../http/bytes.ts'

export const tab = 0x09
export const lineFeed = 0x0a
export const carriageReturn = 0x0d
export const space = 0x20
export const colon = 0x3a

/** Which bytes may stand in a request target: everything printable in ASCII but the space. */
export const targetBytes: Uint8Array = byteTable(/^[\x21-\x7e]$/)

/** What is wrong with a byte that may not stand where it stands; `next` is the byte behind it. */
export function badByte(
  byte: number | undefined,
  next: number | undefined,
): 'bare-line-feed' | 'bare-carriage-return' | 'control-byte' {
  if (byte === lineFeed) return 'bare-line-feed'
  return byte === carriageReturn && next !== lineFeed ? 'bare-carriage-return' : 'control-byte'
}
