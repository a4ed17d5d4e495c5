import type { BodyTranslation } from './coded-body.ts'

const nothing: Buffer = Buffer.alloc(0)

// What stands before the head's first element takes less, licences in comments included; looked at anew with each piece.
const startMaxBytes = 4096

const attributes = `(?:[\\s/](?:[^>"']|"[^"]*"|'[^']*')*)?`
// The mark, white space, comments, the doctype, and the two tags that stand around the head (HTML §before-head).
const beginning = new RegExp(
  `^(?:\\xef\\xbb\\xbf)?(?:\\s|<!---?>|<!--[^]*?--!?>|<!(?!--)[^>]*>|<\\?[^>]*>|<html${attributes}>|<head${attributes}>)*`,
  'i',
)
const unfinished =
  /^(?:$|[\xef\xfe\xff]$|\xef\xbb$|<$|<[!?]|<h$|<ht$|<htm$|<html$|<he$|<hea$|<head$|<(?:html|head)[\s/])/i

/** Puts an element in front of all others of an HTML document, so that its script runs before the document's own. [S5] */
export class Injection implements BodyTranslation {
  readonly #element: Buffer
  /** What is held back until the place is known; undefined: it was found, or there is none. */
  #start: Buffer | undefined = nothing

  /** `element`: ASCII. */
  constructor(element: string) {
    this.#element = Buffer.from(element)
  }

  translate(chunk: Buffer): Buffer {
    if (this.#start === undefined) return chunk
    const start = Buffer.concat([this.#start, chunk])
    const text = start.toString('latin1', 0, startMaxBytes)
    const place = beginning.exec(text)?.[0].length ?? 0
    if (unfinished.test(text.slice(place))) {
      const isTooLong = start.length >= startMaxBytes
      this.#start = isTooLong ? undefined : start
      return isTooLong ? start : nothing
    }
    this.#start = undefined
    // UTF-16, which no ASCII may be put into.
    if (/^(?:\xfe\xff|\xff\xfe)/.test(text)) return start
    return Buffer.concat([start.subarray(0, place), this.#element, start.subarray(place)])
  }

  end(): Buffer {
    const rest = this.#start ?? nothing
    this.#start = undefined
    return rest
  }
}

/** One translation after another. */
export class Succession implements BodyTranslation {
  readonly #first: BodyTranslation
  readonly #second: BodyTranslation

  constructor(first: BodyTranslation, second: BodyTranslation) {
    this.#first = first
    this.#second = second
  }

  translate(chunk: Buffer): Buffer {
    return this.#second.translate(this.#first.translate(chunk))
  }

  end(): Buffer {
    const last = this.#second.translate(this.#first.end())
    return Buffer.concat([last, this.#second.end()])
  }
}
