import { answerValuePattern, type RawHeaders, tokenPattern } from '../http/headers.ts'
import { NameMemory } from '../http/name-memory.ts'
import { statusLine } from '../http1/write-head.ts'

/** The head of an HTTP/1.1 answer as it is written, and how its body is framed (RFC 9112 §6). */
export interface AnswerHead {
  readonly text: string
  readonly framing: 'none' | 'length' | 'chunked' | 'until-close'
  /** The length that was declared, for `length`. */
  readonly length: number
  /** The connection ends with this answer. */
  readonly last: boolean
}

/** What the framing of an answer depends on besides its own head. */
export interface AnswerTerms {
  readonly method: string
  /** The client's: 0 for HTTP/1.0. */
  readonly minor: 0 | 1
  /** Length of the whole body; undefined when it is written piece by piece. */
  readonly bodyBytes: number | undefined
  readonly last: boolean
  /** undefined: the usual one. */
  readonly reason: string | undefined
}

const lengthPattern = /^[0-9]{1,16}$/

/**
 * Fields in their order and case, framed by us: a declared length is kept, everything else is sent in chunks. Throws a
 * TypeError for fields that cannot be written, lengths that contradict each other and a body of another length.
 */
export function composeAnswer(status: number, headers: RawHeaders, terms: AnswerTerms): AnswerHead {
  const { method, minor, bodyBytes } = terms
  // RFC 9110 §6.4.1: these have no body, whatever the application said.
  const bodiless = method === 'HEAD' || status === 204 || status === 304
  let text = statusLine(status, terms.reason)
  let declared: string | undefined
  let dated = false
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    const value = headers[i + 1] as string
    const { meaning, start } = names.meaningOf(name)
    if (meaning === 'ours') continue
    if (meaning === 'wrong' || !answerValuePattern.test(value)) throw unwritable(name)
    if (meaning === 'date') dated = true
    else if (meaning === 'length') {
      if (declared !== undefined || !lengthPattern.test(value)) throw unwritable(name)
      declared = value
      // RFC 9110 §8.6.
      if (status === 204) continue
    }
    text += start + value + lineEnd
  }
  if (!dated) text += dateLine()
  const framing = bodiless ? 'none' : chooseFraming(declared, terms)
  const length = declared === undefined ? (bodyBytes ?? 0) : Number(declared)
  if (framing === 'length') {
    if (declared === undefined) text += `Content-Length: ${length}\r\n`
    else if (bodyBytes !== undefined && bodyBytes !== length) throw unwritable('Content-Length')
  } else if (framing === 'chunked') text += 'Transfer-Encoding: chunked\r\n'
  const last = terms.last || framing === 'until-close'
  if (last) text += 'Connection: close\r\n'
  else if (minor === 0) text += 'Connection: keep-alive\r\n'
  return { text: `${text}\r\n`, framing, length, last }
}

function chooseFraming(
  declared: string | undefined,
  { minor, bodyBytes }: AnswerTerms,
): 'length' | 'chunked' | 'until-close' {
  if (declared !== undefined || bodyBytes !== undefined) return 'length'
  return minor === 1 ? 'chunked' : 'until-close'
}

function unwritable(name: string): TypeError {
  return new TypeError(`the field ${JSON.stringify(name)} of an answer cannot be written`)
}

/** `ours`: the connection's own business, written by nobody else. */
type Meaning = 'ours' | 'date' | 'length' | 'wrong' | 'other'

const special: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['connection', 'ours'],
  ['keep-alive', 'ours'],
  ['proxy-connection', 'ours'],
  ['transfer-encoding', 'ours'],
  ['date', 'date'],
  ['content-length', 'length'],
])

const lineEnd = '\r\n'

const names = new NameMemory((written) => {
  const meaning: Meaning = special.get(written.toLowerCase()) ?? 'other'
  return { meaning: tokenPattern.test(written) ? meaning : 'wrong', start: `${written}: ` }
})

let dateSecond = 0
let dateText = ''

/** RFC 9110 §6.6.1: an answer without a date gets one from the first who has a clock. */
function dateLine(): string {
  const second = Math.floor(Date.now() / 1000)
  if (second !== dateSecond) {
    dateSecond = second
    dateText = `Date: ${new Date(second * 1000).toUTCString()}\r\n`
  }
  return dateText
}
