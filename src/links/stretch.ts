import type { Cursor } from './cursor.ts'
import type { Scanner } from './splice.ts'

/** Bytes that are no markup, up to an end of their own. */
export interface Stretch {
  /** Reads on; the index of what follows the stretch, or -1 when it goes on beyond the chunk. */
  read(chunk: Buffer, start: number): number
  /** The document ends within it. */
  end?(): void
}

const dash = 0x2d
const bracket = 0x5d
const greater = 0x3e
const less = 0x3c
const exclamation = 0x21
const question = 0x3f

/** `<!-- … -->`, and how else a comment may end (HTML §comment-start-state and after). */
export class Comment implements Stretch {
  /** Dashes just read. */
  #dashes = 0
  /** Nothing but dashes so far: `<!-->` and `<!--->` are whole. */
  #fresh = true
  /** `--!` just read. */
  #bang = false

  read(chunk: Buffer, start: number): number {
    let i = start
    while (i < chunk.length) {
      if (this.#dashes === 0 && !this.#fresh && !this.#bang) {
        i = chunk.indexOf(dash, i)
        if (i < 0) return -1
      }
      const byte = chunk[i] as number
      if (byte === greater && (this.#dashes >= 2 || this.#fresh || this.#bang)) return i + 1
      this.#bang = byte === exclamation && this.#dashes >= 2
      this.#dashes = byte === dash ? this.#dashes + 1 : 0
      this.#fresh &&= byte === dash
      i++
    }
    return -1
  }
}

/** Up to the next `>`: what begins like a declaration and is none, and `<!doctype …>`. */
export const bogusComment: Stretch = {
  read: (chunk, start) => chunk.indexOf(greater, start) + 1 || -1,
}

/** The rest of a document in which nothing is markup any more. */
export const endless: Stretch = { read: () => -1 }

/** Up to `]]>` (CDATA) or `?>` (a processing instruction of XML). */
export class Section implements Stretch {
  readonly #mark: number
  readonly #least: number
  #marks = 0

  private constructor(mark: number, least: number) {
    this.#mark = mark
    this.#least = least
  }

  static cdata(): Section {
    return new Section(bracket, 2)
  }

  static instruction(): Section {
    return new Section(question, 1)
  }

  read(chunk: Buffer, start: number): number {
    for (let i = start; i < chunk.length; i++) {
      const byte = chunk[i] as number
      if (byte === greater && this.#marks >= this.#least) return i + 1
      this.#marks = byte === this.#mark ? this.#marks + 1 : 0
    }
    return -1
  }
}

/** The text of an element that only its own end tag ends (HTML §rawtext-state). Ends behind the tag's name. */
export class RawText implements Stretch {
  /** `</name`, lower-case. */
  readonly #endTag: string
  readonly #content: Scanner | undefined
  readonly #cursor: Cursor
  /** How much of the end tag has just been read, and those of its bytes that came in earlier chunks. */
  #matched = 0
  #earlier: Buffer = nothing

  /** `content` gets the text; without it, it stays. */
  constructor(name: string, cursor: Cursor, content: Scanner | undefined) {
    this.#endTag = `</${name}`
    this.#cursor = cursor
    this.#content = content
  }

  read(chunk: Buffer, start: number): number {
    const end = this.#find(chunk, start)
    if (this.#content) this.#pass(this.#content, chunk, start, end)
    return end
  }

  end(): void {
    this.#content?.write(this.#earlier)
    this.#content?.end()
  }

  #find(chunk: Buffer, start: number): number {
    let i = start
    while (i < chunk.length) {
      if (this.#matched === 0) {
        i = chunk.indexOf(less, i)
        if (i < 0) return -1
        this.#matched = 1
        i++
        continue
      }
      const byte = chunk[i] as number
      if (this.#matched === this.#endTag.length) {
        if (endsName(byte)) return i
        this.#matched = 0
      } else if (lowerCase(byte) === this.#endTag.charCodeAt(this.#matched)) {
        this.#matched++
        i++
      } else this.#matched = 0
    }
    return -1
  }

  // What may be the end tag's beginning is withheld from the content until that is certain.
  #pass(content: Scanner, chunk: Buffer, start: number, end: number): void {
    const until = (end < 0 ? chunk.length : end) - this.#matched
    this.#cursor.passTo(start)
    if (until >= start) {
      if (this.#earlier.length > 0) content.write(this.#earlier)
      this.#earlier = nothing
      content.write(chunk.subarray(start, until))
    }
    const from = Math.max(start, until)
    if (end < 0) this.#earlier = Buffer.concat([this.#earlier, chunk.subarray(from)])
    else {
      content.end()
      this.#cursor.sink.keep(this.#earlier, 0, this.#earlier.length)
    }
    this.#cursor.skipTo(end < 0 ? chunk.length : from)
  }
}

const nothing: Buffer = Buffer.alloc(0)

/** The text of a `<script>`, in which `<!-- <script>` hides an end tag (HTML §script-data-escaped-state and after). */
export class Script implements Stretch {
  #depth: 'plain' | 'escaped' | 'doubleEscaped' = 'plain'
  #dashes = 0
  /** What has been read since the last `<`, as long as it may become one of the three. */
  #opened = ''

  read(chunk: Buffer, start: number): number {
    let i = start
    while (i < chunk.length) {
      if (this.#opened === '' && this.#depth === 'plain') {
        i = chunk.indexOf(less, i)
        if (i < 0) return -1
      }
      const byte = chunk[i] as number
      if (this.#isEnd(byte)) return i
      this.#follow(byte)
      i++
    }
    return -1
  }

  #isEnd(byte: number): boolean {
    return this.#opened === '</script' && this.#depth !== 'doubleEscaped' && endsName(byte)
  }

  #follow(byte: number): void {
    if (endsName(byte)) this.#nest()
    if (byte === greater && this.#dashes >= 2) this.#depth = 'plain'
    this.#dashes = byte === dash ? this.#dashes + 1 : 0
    if (byte === less) this.#opened = '<'
    else if (this.#opened !== '') this.#open(this.#opened + lowerCaseText(byte))
  }

  #open(opened: string): void {
    this.#opened = openings.some((opening) => opening.startsWith(opened)) ? opened : ''
    if (opened === '<!--' && this.#depth === 'plain') this.#depth = 'escaped'
  }

  #nest(): void {
    if (this.#opened === '<script' && this.#depth === 'escaped') this.#depth = 'doubleEscaped'
    else if (this.#opened === '</script' && this.#depth === 'doubleEscaped') this.#depth = 'escaped'
  }
}

const openings = ['</script', '<script', '<!--']

function endsName(byte: number): boolean {
  return byte === greater || byte === 0x2f || isSpace(byte)
}

/** HTML's white space; a carriage return is a line end like any other. */
export function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d && byte !== 0x0b)
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
}

function lowerCaseText(byte: number): string {
  return String.fromCharCode(lowerCase(byte))
}
