import type { Transformation, ValueEncoding } from '../publishing/identity-header.ts'

/**
 * A value as it stands in a header, or undefined when it cannot be told without being mistaken for another: an empty
 * one, one with control characters, and one whose spaces at the ends would be lost. [S12]
 */
export function writeValue(text: string, encoding: ValueEncoding): string | undefined {
  if (text === '' || !text.isWellFormed() || hasControls(text)) return undefined
  if (encoding === 'base64') return Buffer.from(text).toString('base64')
  if (encoding === 'percent') return encodeUnsafe(text, percentUnsafe)
  // RFC 9110 §5.5: white space at the ends is not part of a value.
  return isBare(text) ? Buffer.from(text).toString('latin1') : undefined
}

/**
 * Several values in one header. A value with the separator in it would be read as two: it is escaped where the encoding
 * can do that, and otherwise left out.
 */
export function writeList(
  values: readonly string[],
  separator: string,
  encoding: ValueEncoding,
): string | undefined {
  const written = values.flatMap((value) => {
    const one = writeMember(value, separator, encoding)
    return one === undefined ? [] : [one]
  })
  if (written.length === 0) return undefined
  const list = written.join(separator)
  return encoding === 'base64' ? Buffer.from(list).toString('base64') : list
}

function writeMember(
  value: string,
  separator: string,
  encoding: ValueEncoding,
): string | undefined {
  if (encoding === 'percent') {
    const one = writeValue(value, 'percent')
    return one === undefined ? undefined : escapeAll(one, separator)
  }
  if (overlaps(value, separator)) return undefined
  // The whole list is encoded at the end.
  if (encoding === 'base64')
    return value === '' || hasControls(value) || !isBare(value) ? undefined : value
  return writeValue(value, encoding)
}

/** The same value in another form. Only ASCII changes case: Unicode makes `k` of the Kelvin sign, and so another name. */
export function transform(text: string, how: Transformation): string {
  if (how === 'extractMailPrefix') return text.split('@', 1)[0] ?? ''
  if (how === 'toLowercase') return text.replace(/[A-Z]+/g, (part) => part.toLowerCase())
  if (how === 'toUppercase') return text.replace(/[a-z]+/g, (part) => part.toUpperCase())
  return text
}

// C0, DEL, C1, and the line ends of Unicode: whatever could begin a new line for somebody.
function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029) {
      return true
    }
  }
  return false
}

function isBare(text: string): boolean {
  return text.trim() === text
}

// `%` itself too, so that decoding gives back what was there; spaces where they would be lost.
const percentUnsafe = /%|[^\x20-\x7e]+|^ +| +$/gu

function encodeUnsafe(text: string, pattern: RegExp): string {
  return text.replace(pattern, encodeURIComponent)
}

function escapeAll(written: string, separator: string): string {
  let escaped = ''
  for (const character of written) {
    escaped += separator.includes(character) ? percentOf(character) : character
  }
  return escaped
}

function percentOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

// A list is split at the separator: neither within a value nor where two values meet may another one arise.
function overlaps(value: string, separator: string): boolean {
  return [...separator].some((character) => value.includes(character))
}
