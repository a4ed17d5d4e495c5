import { escapeAttribute, readAttribute } from './character-reference.ts'
import { maskPairs } from './charset.ts'
import { CssScanner } from './css.ts'
import { Cursor } from './cursor.ts'
import { editValue } from './link-values.ts'
import type { Links } from './links.ts'
import { nameStart } from './name-table.ts'
import { Namespaces } from './namespaces.ts'
import { type Edit, noEdits, writeEdits } from './reading.ts'
import { EditList, type Scanner, type Sink } from './splice.ts'
import {
  bogusComment,
  Comment,
  endless,
  isSpace,
  RawText,
  Script,
  Section,
  type Stretch,
} from './stretch.ts'
import {
  attributes,
  kindOf,
  type RawText as RawTextKind,
  rawTextOf,
  tagId,
  tagName,
  tags,
  valueKind,
} from './vocabulary.ts'

type State =
  | 'data'
  | 'tagOpen'
  | 'endTagOpen'
  | 'tagName'
  | 'beforeAttribute'
  | 'attributeName'
  | 'afterAttributeName'
  | 'beforeValue'
  | 'quotedValue'
  | 'bareValue'
  | 'declaration'
  | 'stretch'

// A `srcdoc` in a `srcdoc` in a `srcdoc`: nobody writes more, and each level is read again.
const documentDepthMax = 3

export interface Markup {
  /** Of XML: no element has text of another kind, CDATA is everywhere. */
  readonly xml: boolean
  /** Documents around this one. */
  readonly depth: number
  /** Scripts do not run: `<noscript>` is an ordinary element. */
  readonly scriptless: boolean
}

/** Finds the links of an HTML document by the rules of the standard's tokenizer (HTML §tokenization). */
export class HtmlScanner implements Scanner {
  readonly #links: Links
  readonly #markup: Markup
  readonly #cursor: Cursor
  readonly #namespaces = new Namespaces()
  #state: State = 'data'
  /** The tag or attribute name being read, as a place in its table. */
  #name = nameStart
  #tag = 0
  #isEndTag = false
  /** A solidus was the last thing read in the tag. */
  #solidus = false
  #kind: number = valueKind.nothing
  #quote = 0
  #opened = ''
  #stretch: Stretch = endless
  #afterStretch: State = 'data'
  /** Reads the text of a `<style>` of SVG or XHTML, which is ordinary text with markup in it. */
  #style: CssScanner | undefined

  constructor(links: Links, sink: Sink, markup: Markup) {
    this.#links = links
    this.#markup = markup
    this.#cursor = new Cursor(sink)
  }

  write(chunk: Buffer): void {
    this.#cursor.open(chunk)
    let i = 0
    while (i < chunk.length) i = this.#step(chunk, i)
    this.#cursor.close()
  }

  end(): void {
    if (this.#state === 'stretch') this.#stretch.end?.()
    this.#style?.end()
    this.#cursor.drop()
  }

  /** Reads what belongs to one state; the index of what is next. */
  #step(chunk: Buffer, i: number): number {
    const byte = chunk[i] as number
    switch (this.#state) {
      case 'data':
        return this.#data(chunk, i)
      case 'tagOpen':
        return this.#tagOpen(byte, i)
      case 'tagName':
        return this.#tagName(chunk, i)
      case 'beforeAttribute':
        return this.#beforeAttribute(byte, i)
      case 'attributeName':
        return this.#attributeName(chunk, i)
      case 'afterAttributeName':
        if (isSpace(byte)) return i + 1
        return byte === equals ? this.#go('beforeValue', i + 1) : this.#go('beforeAttribute', i)
      case 'beforeValue':
        return this.#beforeValue(byte, i)
      case 'quotedValue':
        return this.#quotedValue(chunk, i)
      case 'bareValue':
        return this.#bareValue(chunk, i)
      case 'endTagOpen':
        return this.#endTagOpen(byte, i)
      case 'declaration':
        return this.#declaration(byte, i)
      case 'stretch':
        return this.#readStretch(chunk, i)
    }
  }

  #go(state: State, i: number): number {
    this.#state = state
    return i
  }

  #data(chunk: Buffer, start: number): number {
    const tag = indexOfByte(chunk, less, start)
    const end = tag < 0 ? chunk.length : tag
    if (this.#style) this.#feed(this.#style, chunk, start, end)
    if (tag < 0) return end
    // What it still holds would come too late, and markup breaks a link.
    this.#style?.interrupt()
    this.#state = 'tagOpen'
    return tag + 1 < chunk.length ? this.#tagOpen(chunk[tag + 1] as number, tag + 1) : tag + 1
  }

  #feed(style: CssScanner, chunk: Buffer, start: number, end: number): void {
    this.#cursor.passTo(start)
    style.write(chunk.subarray(start, end))
    this.#cursor.skipTo(end)
  }

  #tagOpen(byte: number, i: number): number {
    if (isLetter(byte)) return this.#beginTag(false, i)
    if (byte === solidus) return this.#go('endTagOpen', i + 1)
    if (byte === exclamation) {
      this.#opened = ''
      return this.#go('declaration', i + 1)
    }
    if (byte !== question) return this.#go('data', i)
    return this.#begin(this.#markup.xml ? Section.instruction() : bogusComment, i + 1)
  }

  #endTagOpen(byte: number, i: number): number {
    if (isLetter(byte)) return this.#beginTag(true, i)
    return byte === greater ? this.#go('data', i + 1) : this.#begin(bogusComment, i)
  }

  #beginTag(isEndTag: boolean, i: number): number {
    this.#isEndTag = isEndTag
    this.#solidus = false
    this.#name = nameStart
    return this.#go('tagName', i)
  }

  #tagName(chunk: Buffer, start: number): number {
    let name = this.#name
    for (let i = start; i < chunk.length; i++) {
      const byte = chunk[i] as number
      if (byte === greater || byte === solidus || isSpace(byte)) {
        this.#tag = tags.idAt(name)
        return this.#go('beforeAttribute', i)
      }
      name = tags.next(name, byte)
    }
    this.#name = name
    return chunk.length
  }

  /** Also what follows a value, or a solidus: a tag goes on the same way after each. */
  #beforeAttribute(byte: number, i: number): number {
    if (byte === greater) {
      this.#endTag()
      return i + 1
    }
    this.#solidus = byte === solidus
    if (this.#solidus || isSpace(byte)) return i + 1
    this.#name = attributes.next(nameStart, byte)
    return this.#go('attributeName', i + 1)
  }

  #attributeName(chunk: Buffer, start: number): number {
    let name = this.#name
    for (let i = start; i < chunk.length; i++) {
      const byte = chunk[i] as number
      if (byte === equals || byte === greater || byte === solidus || isSpace(byte)) {
        this.#kind = this.#isEndTag ? valueKind.nothing : kindOf(this.#tag, attributes.idAt(name))
        return byte === equals ? this.#go('beforeValue', i + 1) : this.#go('afterAttributeName', i)
      }
      name = attributes.next(name, byte)
    }
    this.#name = name
    return chunk.length
  }

  #beforeValue(byte: number, i: number): number {
    if (isSpace(byte)) return i + 1
    if (byte === greater) return this.#go('beforeAttribute', i)
    const quoted = byte === doubleQuote || byte === singleQuote
    const start = quoted ? i + 1 : i
    this.#quote = byte
    if (this.#kind !== valueKind.nothing) this.#cursor.begin(start)
    return this.#go(quoted ? 'quotedValue' : 'bareValue', start)
  }

  #quotedValue(chunk: Buffer, start: number): number {
    const end = indexOfByte(chunk, this.#quote, start)
    if (end < 0) return chunk.length
    // Before the value is read: what it says may end all reading.
    this.#state = 'beforeAttribute'
    this.#endValue(end)
    return end + 1
  }

  #bareValue(chunk: Buffer, start: number): number {
    for (let i = start; i < chunk.length; i++) {
      const byte = chunk[i] as number
      if (byte !== greater && !isSpace(byte)) continue
      this.#state = 'beforeAttribute'
      this.#endValue(i)
      return i
    }
    return chunk.length
  }

  #endValue(end: number): void {
    // Nothing is under way in an attribute without links, or when the value was too long.
    if (!this.#cursor.valueUnderWay) return
    this.#cursor.finish(end, this.#edits(end))
    if (this.#links.charset === 'opaque') this.#begin(endless, end)
  }

  #edits(end: number): readonly Edit[] {
    const first = this.#cursor.firstByte(end)
    if (this.#kind === valueKind.url && !mayBeginLink[first]) return noEdits
    const reading = readAttribute(maskPairs(this.#cursor.read(end), this.#links.charset))
    const edits =
      this.#kind === valueKind.document
        ? this.#editDocument(reading.text)
        : editValue(this.#links, this.#kind, reading.text)
    return writeEdits(reading, edits, escapeAttribute)
  }

  #editDocument(text: string): readonly Edit[] {
    const depth = this.#markup.depth + 1
    if (depth > documentDepthMax || !text.includes('<')) return noEdits
    const list = new EditList()
    const markup = { xml: false, depth, scriptless: false }
    const scanner = new HtmlScanner(this.#links.nested(), list, markup)
    scanner.write(Buffer.from(text, 'latin1'))
    scanner.end()
    return list.edits
  }

  #endTag(): void {
    this.#state = 'data'
    this.#style = undefined
    if (this.#isEndTag) this.#namespaces.end(this.#tag)
    else if (this.#markup.xml) this.#beginStyle()
    else if (!this.#namespaces.start(this.#tag, this.#solidus)) this.#beginStyle()
    else {
      const kind = rawTextOf(this.#tag)
      if (kind) this.#beginRawText(kind)
    }
  }

  #beginStyle(): void {
    if (this.#tag !== styleId || this.#solidus) return
    this.#style = new CssScanner(this.#links, this.#cursor.sink)
  }

  #beginRawText(kind: RawTextKind): void {
    if (kind === 'markup' && this.#markup.scriptless) return
    this.#stretch = this.#rawText(kind)
    this.#state = 'stretch'
    // Behind the name of the end tag.
    this.#afterStretch = 'beforeAttribute'
    this.#isEndTag = true
    this.#solidus = false
  }

  #rawText(kind: RawTextKind): Stretch {
    if (kind === 'endless') return endless
    if (kind === 'script') return new Script()
    return new RawText(tagName(this.#tag), this.#cursor, this.#contentScanner(kind))
  }

  #contentScanner(kind: RawTextKind): Scanner | undefined {
    const { sink } = this.#cursor
    if (kind === 'style') return new CssScanner(this.#links, sink)
    if (kind !== 'markup') return undefined
    return new HtmlScanner(this.#links.nested(), sink, { ...this.#markup, scriptless: true })
  }

  /** What begins with `<!`. */
  #declaration(byte: number, i: number): number {
    const opened = this.#opened + String.fromCharCode(byte)
    if (opened === '--') return this.#begin(new Comment(), i + 1)
    if (opened === cdata && (this.#markup.xml || this.#namespaces.foreign)) {
      return this.#begin(Section.cdata(), i + 1)
    }
    if (opened === '-' || (cdata.startsWith(opened) && opened !== cdata)) {
      this.#opened = opened
      return i + 1
    }
    // `<!doctype` ends at the first `>` as well, whatever it contains.
    return this.#begin(bogusComment, i)
  }

  #begin(stretch: Stretch, i: number): number {
    this.#stretch = stretch
    this.#afterStretch = 'data'
    return this.#go('stretch', i)
  }

  #readStretch(chunk: Buffer, start: number): number {
    const end = this.#stretch.read(chunk, start)
    const stop = end < 0 ? chunk.length : end
    if (this.#style && this.#stretch instanceof Section) {
      this.#feed(this.#style, chunk, start, stop)
      if (end >= 0) this.#style.interrupt()
    }
    return end < 0 ? stop : this.#go(this.#afterStretch, stop)
  }
}

const cdata = '[CDATA['
const styleId = tagId('style')

const less = 0x3c
const greater = 0x3e
const equals = 0x3d
const solidus = 0x2f
const exclamation = 0x21
const question = 0x3f
const doubleQuote = 0x22
const singleQuote = 0x27

// Calling into the runtime costs more than looking at what most texts and values are long.
const nearBytes = 40

function indexOfByte(chunk: Buffer, byte: number, start: number): number {
  const near = Math.min(chunk.length, start + nearBytes)
  for (let i = start; i < near; i++) if (chunk[i] === byte) return i
  return near === chunk.length ? -1 : chunk.indexOf(byte, near)
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x7a
}

// White space is trimmed, `&` may stand for anything, and browsers take `\` for `/`.
const mayBeginLink = new Uint8Array(256)
for (let byte = 0; byte <= 0x20; byte++) mayBeginLink[byte] = 1
for (const character of 'hH/&') mayBeginLink[character.charCodeAt(0)] = 1
