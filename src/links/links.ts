import type { Found, RouteTable } from '../publishing/route-table.ts'
import {
  type Exchange,
  exchangeInReference,
  exchangeInUrl,
  findInternal,
} from '../publishing/translate.ts'
import { type Charset, charsetOf } from './charset.ts'

/** The links of one answer: who gave it, what is published, and what the document says about itself on the way. */
export class Links {
  readonly #table: RouteTable
  /** Where paths without a host belong; undefined: to somebody who is not published. */
  #base: Found | undefined
  #baseKnown = false
  readonly #from: Found
  #charset: Charset
  #charsetKnown: boolean

  /** `charset` as Content-Type or a byte order mark tell it; undefined when neither does. */
  constructor(table: RouteTable, from: Found, charset: Charset | undefined) {
    this.#table = table
    this.#from = from
    this.#base = from
    this.#charset = charset ?? 'ascii'
    this.#charsetKnown = charset !== undefined
  }

  /** Those of a document inside this one: what it says about itself counts for itself only. */
  nested(): Links {
    const inner = new Links(this.#table, this.#from, this.#charset)
    inner.#base = this.#base
    return inner
  }

  get charset(): Charset {
    return this.#charset
  }

  /** The document names its own encoding; transport and byte order mark know better (HTML §prescan). */
  declareCharset(label: string): void {
    if (this.#charsetKnown) return
    this.#charsetKnown = true
    // HTML §prescan: who could read this declaration as ASCII reads UTF-8.
    this.#charset = /^\s*utf-16/i.test(label) ? 'ascii' : charsetOf(label)
  }

  /** The document's `<base href>`; the first one counts. */
  declareBase(url: string): void {
    if (this.#baseKnown) return
    this.#baseKnown = true
    const absolute = /^(?:[a-z][a-z0-9+.-]*:|[/\\]{2})/i.test(url)
    if (absolute) this.#base = findInternal(this.#table, this.#from, url)
  }

  /** What has to change in a reference; undefined: nothing. */
  translate(reference: string): Exchange | undefined {
    if (isPath(reference) && !this.#base) return undefined
    return exchangeInReference(this.#table, this.#base ?? this.#from, reference)
  }

  /** The same of whole URLs only, where other text may stand, too. */
  translateAbsolute(text: string): Exchange | undefined {
    return /^https?:/i.test(text) ? exchangeInUrl(this.#table, this.#from, text) : undefined
  }
}

function isPath(reference: string): boolean {
  return reference.startsWith('/') && !reference.startsWith('//')
}
