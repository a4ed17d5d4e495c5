import { skipValue, tokenBytes, valueBytes } from '../http/bytes.ts'
import { fieldNameAt, type Meaning } from '../http/field-name.ts'
import type { RawHeaders } from '../http/headers.ts'
import { badByte, carriageReturn, colon, lineFeed, space, tab } from './bytes.ts'
import type { MessageProblem } from './problem.ts'

/** What the fields of a message say about the message itself. Several of one name are joined (RFC 9110 §5.3). */
export interface MessageFacts {
  host: string | undefined
  connection: string | undefined
  contentLength: string | undefined
  transferEncoding: string | undefined
  expect: string | undefined
  upgrade: string | undefined
}

/** Bytes in which a section of fields stands, with their Latin-1 text. */
export interface Section {
  readonly bytes: Buffer
  readonly text: string
  /** Where in `bytes` the text begins. */
  readonly offset: number
  /** Where in `bytes` the empty line ends. */
  readonly end: number
  /** Which bytes may stand in a value. */
  readonly values: Uint8Array
}

export function noFacts(): MessageFacts {
  return {
    host: undefined,
    connection: undefined,
    contentLength: undefined,
    transferEncoding: undefined,
    expect: undefined,
    upgrade: undefined,
  }
}

/**
 * Reads the field lines from `at` to the empty line (RFC 9112 §5): order, case and repeats as they came, values without
 * the white space around them. One pass over the bytes, because it is the edge's most frequent one.
 */
export function readFieldLines(
  section: Section,
  at: number,
  fieldsMax: number,
  facts: MessageFacts,
): RawHeaders | MessageProblem {
  const { bytes, text, offset, end, values } = section
  const last = end - 2
  const headers: string[] = []
  let from = at
  while (from < last) {
    let hash = 0
    let i = from
    let byte = bytes[i] as number
    while (tokenBytes[byte] === 1) {
      hash = (hash * 31 + byte) | 0
      byte = bytes[++i] as number
    }
    if (byte !== colon || i === from) return nameProblem(bytes, from, i)
    const name = fieldNameAt(bytes, text, offset, from, i, hash)
    i++
    while (bytes[i] === space || bytes[i] === tab) i++
    const start = i
    i = skipValue(bytes, i, end, values)
    if (bytes[i] !== carriageReturn || bytes[i + 1] !== lineFeed) {
      return badByte(bytes[i], bytes[i + 1])
    }
    const value = text.slice(start - offset, endOfValue(bytes, start, i) - offset)
    if (headers.length === fieldsMax * 2) return 'too-many-fields'
    headers.push(name.written, value)
    if (name.meaning !== undefined) {
      const problem = note(facts, name.meaning, value)
      if (problem) return problem
    }
    from = i + 2
  }
  return headers
}

function endOfValue(bytes: Buffer, start: number, end: number): number {
  let i = end
  while (i > start && (bytes[i - 1] === space || bytes[i - 1] === tab)) i--
  return i
}

function nameProblem(bytes: Buffer, from: number, at: number): MessageProblem {
  const byte = bytes[at]
  const blank = byte === space || byte === tab
  // RFC 9112 §5.2: a line that goes on with the one before. §5.1: servers differ on a space before the colon.
  if (at === from && blank) return 'folded-field'
  if (blank) return bytes[at + 1] === colon ? 'space-before-colon' : 'field-name'
  if (byte === carriageReturn && bytes[at + 1] === lineFeed) return 'field-without-colon'
  return valueBytes[byte as number] === 1 ? 'field-name' : badByte(byte, bytes[at + 1])
}

function note(facts: MessageFacts, meaning: Meaning, value: string): MessageProblem | undefined {
  const present = facts[meaning]
  if (present === undefined) facts[meaning] = value
  // RFC 9112 §6.3: what decides where a message ends must not be said twice, not even in the same words.
  else if (meaning === 'contentLength') return 'repeated-content-length'
  else if (meaning === 'transferEncoding') return 'repeated-transfer-encoding'
  else facts[meaning] = `${present},${value}`
  return undefined
}
