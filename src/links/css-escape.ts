import { asciiOf, type Reading, readEscaped } from './reading.ts'

// CSS Syntax §4.3.7: up to six hexadecimal digits and one white space, a line end, or the character itself.
const escaped = /\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\r\n\f])?|(\r\n|[\r\n\f])|(.))/gs

/** The content of a CSS string or of `url()` with its escapes resolved. */
export function readCss(written: string): Reading {
  if (!written.includes('\\')) return { text: written, places: undefined }
  return readEscaped(written, escaped, ([, hexadecimal, lineEnd, itself]) => {
    if (lineEnd !== undefined) return ''
    return hexadecimal === undefined ? itself : asciiOf(Number.parseInt(hexadecimal, 16))
  })
}

/** Text as it can stand in a CSS string or bare in `url()`. */
export function escapeCss(text: string): string {
  if (!/["'()\\&]/.test(text)) return text
  // A character reference must not come of it where the style stands in markup.
  return text.replaceAll(/["'()\\]/g, '\\$&').replaceAll('&', '\\000026')
}
