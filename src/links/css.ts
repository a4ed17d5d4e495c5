import { type Charset, leadBytes, maskPairs } from './charset.ts'
import { escapeCss, readCss } from './css-escape.ts'
import { Cursor } from './cursor.ts'
import type { Links } from './links.ts'
import { writeEdits } from './reading.ts'
import type { Scanner, Sink } from './splice.ts'
import { editReference } from './text-link.ts'

// What bytes mean in ordinary CSS; a lead byte is the first half of a character of two bytes.
const [ordinary, quote, slash, at, backslash, opening, closing, lead] = [0, 1, 2, 3, 4, 5, 6, 7]
const meanings: Readonly<Record<Charset, Uint8Array>> = {
  ascii: meaningsIn('ascii'),
  opaque: meaningsIn('opaque'),
  shiftJis: meaningsIn('shiftJis'),
  doubleByte: meaningsIn('doubleByte'),
}

function meaningsIn(charset: Charset): Uint8Array {
  const table = leadBytes[charset].map((marked) => (marked ? lead : ordinary))
  const marks = {
    '"': quote,
    "'": quote,
    '/': slash,
    '@': at,
    '\\': backslash,
    '(': opening,
    ')': closing,
  }
  for (const [character, meaning] of Object.entries(marks)) table[character.charCodeAt(0)] = meaning
  return table
}

type State =
  | 'plain'
  | 'slash'
  | 'comment'
  | 'commentStar'
  | 'string'
  | 'escape'
  | 'hexadecimal'
  | 'escapedReturn'
  | 'trail'
  | 'urlStart'
  | 'bareUrl'
  | 'badUrl'
  | 'keyword'
  | 'prelude'

const nothing: Buffer = Buffer.alloc(0)
const importKeyword = 'import'
// The longest name that matters, with a vendor's prefix and the byte before it.
const tailLength = 20
// A backslash before a letter that is no hexadecimal digit is that letter.
const urlFunction = /(?:^|[^-\w\\\x80-\xff])\\?u\\?r\\?l$/i
const imageSet = /image-set$/i

/** Finds the links of a style sheet, a `<style>` element or a `style` attribute (CSS Syntax §4). */
export class CssScanner implements Scanner {
  readonly #links: Links
  readonly #cursor: Cursor
  #state: State = 'plain'
  /** Where to go on after a comment or an escape. */
  #resume: State = 'plain'
  #quote = 0
  /** Letters of a keyword or digits of an escape. */
  #matched = 0
  /** Open parentheses since `image-set(`, whose strings are links. */
  #depth = 0
  #tail = ''

  constructor(links: Links, sink: Sink) {
    this.#links = links
    this.#cursor = new Cursor(sink)
  }

  write(chunk: Buffer): void {
    this.#cursor.open(chunk)
    let i = this.#links.charset === 'opaque' ? chunk.length : 0
    while (i < chunk.length) i = this.#step(chunk, i)
    this.#cursor.close()
    const last = chunk.toString('latin1', Math.max(0, chunk.length - tailLength))
    this.#tail = (this.#tail + last).slice(-tailLength)
  }

  /** The end of a sheet closes what is open in it (CSS Syntax §4.3.5 and §4.3.6). */
  end(): void {
    this.#cursor.open(nothing)
    this.#endLink(0)
  }

  /** Something else comes in between: what is open is no link, and must not be held back. */
  interrupt(): void {
    this.#cursor.drop()
  }

  /** Reads what belongs to one state; the index of what is next. */
  #step(chunk: Buffer, i: number): number {
    const byte = chunk[i] as number
    switch (this.#state) {
      case 'plain':
        return this.#plain(chunk, i)
      case 'slash':
        return byte === star ? this.#go('comment', i + 1) : this.#go(this.#resume, i)
      case 'comment':
        return this.#comment(chunk, i)
      case 'commentStar':
        if (byte === star) return i + 1
        return this.#go(byte === solidus ? this.#resume : 'comment', i + 1)
      case 'string':
        return this.#string(chunk, i)
      case 'escape':
        this.#matched = 1
        if (isHexadecimal(byte)) return this.#go('hexadecimal', i + 1)
        return this.#endEscape(byte, i)
      case 'hexadecimal':
        return this.#hexadecimal(byte, i)
      case 'escapedReturn':
        return this.#go(this.#resume, byte === lineFeed ? i + 1 : i)
      case 'trail':
        // A byte that is no second half is read again by itself (Encoding §shift_jis-decoder and its siblings).
        return this.#go(this.#resume, byte >= 0x40 ? i + 1 : i)
      case 'urlStart':
        return this.#urlStart(byte, i)
      case 'bareUrl':
        return this.#bareUrl(chunk, i)
      case 'badUrl':
        return this.#badUrl(byte, i)
      case 'keyword':
        return this.#keyword(byte, i)
      case 'prelude':
        return this.#prelude(byte, i)
    }
  }

  #go(state: State, i: number): number {
    this.#state = state
    return i
  }

  #detour(by: 'slash' | 'escape' | 'trail', i: number): number {
    this.#resume = this.#state
    return this.#go(by, i + 1)
  }

  /** CSS Syntax §4.3.7: up to six digits, and a white space that belongs to them. */
  #hexadecimal(byte: number, i: number): number {
    if (isSpace(byte)) return this.#endEscape(byte, i)
    if (!isHexadecimal(byte) || this.#matched === escapeMaxDigits) return this.#go(this.#resume, i)
    this.#matched++
    return i + 1
  }

  #endEscape(byte: number, i: number): number {
    return this.#go(byte === carriageReturn ? 'escapedReturn' : this.#resume, i + 1)
  }

  #plain(chunk: Buffer, start: number): number {
    const table = meanings[this.#links.charset]
    for (let i = start; i < chunk.length; i++) {
      const byte = chunk[i] as number
      const meaning = table[byte]
      if (meaning === ordinary) continue
      if (meaning === quote) return this.#openString(byte, i, this.#depth > 0)
      if (meaning === slash) return this.#detour('slash', i)
      if (meaning === backslash) return this.#detour('escape', i)
      if (meaning === lead) return this.#detour('trail', i)
      if (meaning === at) {
        this.#matched = 0
        return this.#go('keyword', i + 1)
      }
      if (meaning === opening && this.#openParenthesis(chunk, i)) return this.#go('urlStart', i + 1)
      if (meaning === closing && this.#depth > 0) this.#depth--
    }
    return chunk.length
  }

  /** True for that of `url(`. */
  #openParenthesis(chunk: Buffer, i: number): boolean {
    const last = i > 0 ? (chunk[i - 1] as number) : this.#tail.charCodeAt(this.#tail.length - 1)
    const mayBeUrl = (last | 0x20) === 0x6c // l
    const mayBeSet = (last | 0x20) === 0x74 // t
    if (mayBeUrl || mayBeSet) {
      const near = chunk.toString('latin1', Math.max(0, i - tailLength), i)
      const before = i < tailLength ? this.#tail + near : near
      if (mayBeUrl && urlFunction.test(before)) return true
      if (mayBeSet && this.#depth === 0 && imageSet.test(before)) this.#depth = 1
      else if (this.#depth > 0) this.#depth++
    } else if (this.#depth > 0) this.#depth++
    return false
  }

  #comment(chunk: Buffer, start: number): number {
    const end = chunk.indexOf(star, start)
    return end < 0 ? chunk.length : this.#go('commentStar', end + 1)
  }

  #openString(quotation: number, i: number, isLink: boolean): number {
    this.#quote = quotation
    if (isLink) this.#cursor.begin(i + 1)
    return this.#go('string', i + 1)
  }

  #string(chunk: Buffer, start: number): number {
    const leads = leadBytes[this.#links.charset]
    for (let i = start; i < chunk.length; i++) {
      const byte = chunk[i] as number
      if (byte === this.#quote) {
        this.#endLink(i)
        return this.#go('plain', i + 1)
      }
      if (byte === reverseSolidus) return this.#detour('escape', i)
      if (leads[byte] === 1) return this.#detour('trail', i)
      if (isLineEnd(byte)) {
        this.#cursor.drop()
        return this.#go('plain', i + 1)
      }
    }
    return chunk.length
  }

  #urlStart(byte: number, i: number): number {
    if (isSpace(byte)) return i + 1
    if (byte === closingParenthesis) return this.#go('plain', i + 1)
    if (isQuote(byte)) return this.#openString(byte, i, true)
    this.#cursor.begin(i)
    return this.#go('bareUrl', i)
  }

  #bareUrl(chunk: Buffer, start: number): number {
    const leads = leadBytes[this.#links.charset]
    for (let i = start; i < chunk.length; i++) {
      const byte = chunk[i] as number
      if (byte === closingParenthesis || isSpace(byte)) {
        this.#endLink(i)
        // Only white space may stand between the URL and the parenthesis.
        return byte === closingParenthesis ? this.#go('plain', i + 1) : this.#go('badUrl', i + 1)
      }
      if (byte === reverseSolidus) return this.#detour('escape', i)
      if (leads[byte] === 1) return this.#detour('trail', i)
      if (byte === openingParenthesis || isQuote(byte)) {
        this.#cursor.drop()
        return this.#go('badUrl', i + 1)
      }
    }
    return chunk.length
  }

  #badUrl(byte: number, i: number): number {
    if (byte === reverseSolidus) return this.#detour('escape', i)
    return byte === closingParenthesis ? this.#go('plain', i + 1) : i + 1
  }

  #keyword(byte: number, i: number): number {
    if (this.#matched < importKeyword.length) {
      const matches = (byte | 0x20) === importKeyword.charCodeAt(this.#matched)
      this.#matched++
      return matches ? i + 1 : this.#go('plain', i)
    }
    return this.#go(isNamePart(byte) ? 'plain' : 'prelude', i)
  }

  /** Between `@import` and its URL. */
  #prelude(byte: number, i: number): number {
    if (isSpace(byte)) return i + 1
    if (byte === solidus) return this.#detour('slash', i)
    return isQuote(byte) ? this.#openString(byte, i, true) : this.#go('plain', i)
  }

  #endLink(end: number): void {
    // Nothing is under way when it was too long, or broken up by markup.
    if (!this.#cursor.valueUnderWay) return
    const written = maskPairs(this.#cursor.read(end), this.#links.charset)
    const reading = readCss(written)
    const edits = editReference(this.#links, reading.text, 0, reading.text.length)
    this.#cursor.finish(end, writeEdits(reading, edits, escapeCss))
  }
}

const escapeMaxDigits = 6

const star = 0x2a
const solidus = 0x2f
const reverseSolidus = 0x5c
const openingParenthesis = 0x28
const closingParenthesis = 0x29
const lineFeed = 0x0a
const carriageReturn = 0x0d

function isLineEnd(byte: number): boolean {
  return byte === lineFeed || byte === carriageReturn || byte === 0x0c
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || isLineEnd(byte)
}

function isQuote(byte: number): boolean {
  return byte === 0x22 || byte === 0x27
}

function isHexadecimal(byte: number): boolean {
  const lower = byte | 0x20
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66)
}

function isNamePart(byte: number): boolean {
  return /[-\w\\\x80-\xff]/.test(String.fromCharCode(byte))
}
