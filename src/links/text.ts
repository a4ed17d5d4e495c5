import type { Found, RouteTable } from '../publishing/route-table.ts'
import { type Charset, charsetOf, charsetOfMark } from './charset.ts'
import type { BodyTranslation } from './coded-body.ts'
import { CssScanner } from './css.ts'
import { HtmlScanner } from './html.ts'
import { Links } from './links.ts'
import type { Language, Plan } from './plan.ts'
import { type Scanner, Splice } from './splice.ts'

const nothing: Buffer = Buffer.alloc(0)

/** The text of one body: bytes in, bytes out, in pieces of any size; nothing else is ever held than an open link. [F4] */
export class TextTranslation implements BodyTranslation {
  readonly #table: RouteTable
  readonly #from: Found
  readonly #plan: Plan
  readonly #splice = new Splice()
  #start: Buffer = nothing
  /** undefined: the beginning is not known yet. */
  #scanner: Scanner | 'untouched' | undefined

  constructor(table: RouteTable, from: Found, plan: Plan) {
    this.#table = table
    this.#from = from
    this.#plan = plan
  }

  translate(chunk: Buffer): Buffer {
    if (this.#scanner === 'untouched') return chunk
    if (this.#scanner) return this.#scan(this.#scanner, chunk)
    const start = this.#start.length === 0 ? chunk : Buffer.concat([this.#start, chunk])
    if (isUndecided(start, this.#plan.language)) {
      this.#start = start
      return nothing
    }
    return this.#begin(start)
  }

  /** The rest. */
  end(): Buffer {
    const begun = this.#scanner ? nothing : this.#begin(this.#start)
    if (this.#scanner === 'untouched') return begun
    this.#scanner?.end()
    return Buffer.concat([begun, this.#splice.take()])
  }

  #begin(start: Buffer): Buffer {
    this.#start = nothing
    const charset = charsetOfMark(start) ?? this.#plan.charset ?? this.#ruleCharset(start)
    if (charset === 'opaque') {
      this.#scanner = 'untouched'
      return start
    }
    const scanner = this.#createScanner(charset)
    this.#scanner = scanner
    return this.#scan(scanner, start)
  }

  #ruleCharset(start: Buffer): Charset | undefined {
    if (this.#plan.language !== 'css') return undefined
    const label = charsetRule.exec(start.toString('latin1', 0, charsetRuleMaxLength))?.[1]
    // CSS Syntax §3.2: who could write this rule in ASCII does not write UTF-16.
    return label === undefined || /^utf-16/i.test(label) ? undefined : charsetOf(label)
  }

  #createScanner(charset: Charset | undefined): Scanner {
    const links = new Links(this.#table, this.#from, charset)
    if (this.#plan.language === 'css') return new CssScanner(links, this.#splice)
    const xml = this.#plan.language === 'xhtml'
    return new HtmlScanner(links, this.#splice, { xml, depth: 0, scriptless: false })
  }

  #scan(scanner: Scanner, chunk: Buffer): Buffer {
    scanner.write(chunk)
    return this.#splice.take()
  }
}

const charsetRuleStart = '@charset "'
const charsetRule = /^@charset "([^"]*)"/
// CSS Syntax §3.2 looks at the first 1,024 bytes; no label is longer than 20.
const charsetRuleMaxLength = 64

/** Whether what decides on the charset may still be on its way. */
function isUndecided(start: Buffer, language: Language): boolean {
  const [first, second] = start
  if (start.length === 0) return true
  if (start.length === 1 && (first === 0xfe || first === 0xff)) return true
  if (start.length < 3 && first === 0xef && (second ?? 0xbb) === 0xbb) return true
  if (language !== 'css' || start.length >= charsetRuleMaxLength || first !== 0x40) return false
  const text = start.toString('latin1')
  if (text.length <= charsetRuleStart.length) return charsetRuleStart.startsWith(text)
  return text.startsWith(charsetRuleStart) && !charsetRule.test(text)
}
