import {
  fieldValuePattern,
  fieldValues,
  type RawHeaders,
  trimOws,
  withoutFields,
} from '../http/headers.ts'
import { withoutHopByHop } from '../http/hop.ts'

/** Above what any application sends and below what makes work for the edge. */
const maxFields = 256

/** A backend's head, fit to be sent on, or what is wrong with it. */
export type AnswerHead =
  | {
      readonly headers: RawHeaders
      /** Bytes that will follow: 0 for HEAD, 204 and 304; undefined when only the end will tell. */
      readonly bodyLength: number | undefined
    }
  | { readonly rubbish: string }

/**
 * Judges the head of an answer to `method` and leaves the end-to-end fields, in order, one character a byte. Refused is
 * what two readers could understand differently: framing beyond one plain Content-Length or `chunked` (RFC 9112 §6.3),
 * control bytes, statuses that are none. [F8]
 */
export function judgeHead(method: string, status: number, raw: readonly Buffer[]): AnswerHead {
  if (status < 100 || status > 599) return { rubbish: `status ${status}` }
  const fields = readFields(raw)
  if ('rubbish' in fields) return fields
  const { length } = fields
  const headers = withoutHopByHop(fields.all)
  // RFC 9110 §8.6: 1xx and 204 have no Content-Length.
  if (length !== undefined && (status < 200 || status === 204)) {
    return { headers: withoutFields(headers, (name) => name === 'content-length'), bodyLength: 0 }
  }
  const bodyless = status < 200 || status === 204 || status === 304 || method === 'HEAD'
  return { headers, bodyLength: bodyless ? 0 : length }
}

/** Judges a 101 like any head; it must also switch to the protocol asked for (RFC 6455 §4.1). */
export function judgeUpgrade(status: number, raw: readonly Buffer[]): AnswerHead {
  const fields = readFields(raw)
  if ('rubbish' in fields) return fields
  const protocols = fieldValues(fields.all, 'upgrade')
  const agreed = protocols.length === 1 && protocols[0]?.toLowerCase() === 'websocket'
  return agreed ? judgeHead('GET', status, raw) : { rubbish: '101 to another protocol' }
}

/** RFC 9110 §6.5.1: what frames, routes, authenticates or describes the body does not belong in trailers. */
const neverTrailer: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'content-encoding',
  'content-type',
  'content-range',
  'set-cookie',
  'authorization',
  'location',
  'cache-control',
])

const noTrailers: RawHeaders = []

/** The trailers that may be sent on; none when they are malformed, since the answer itself is whole. */
export function judgeTrailers(raw: readonly Buffer[]): RawHeaders {
  if (raw.length === 0) return noTrailers
  const fields = readFields(raw)
  if ('rubbish' in fields) return noTrailers
  return withoutFields(withoutHopByHop(fields.all), (name) => neverTrailer.has(name))
}

interface Fields {
  readonly all: string[]
  readonly length: number | undefined
}

function readFields(raw: readonly Buffer[]): Fields | { rubbish: string } {
  if (raw.length > 2 * maxFields) return { rubbish: `more than ${maxFields} fields` }
  const all: string[] = []
  const lengths: string[] = []
  const codings: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as Buffer).toString('latin1')
    const value = withoutOws((raw[i + 1] as Buffer).toString('latin1'))
    if (!fieldValuePattern.test(value)) return { rubbish: 'control bytes in a field' }
    all.push(name, value)
    if (name.length === 14 && name.toLowerCase() === 'content-length') lengths.push(value)
    if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') codings.push(value)
  }
  const [length] = lengths
  if (length !== undefined && (lengths.length > 1 || codings.length > 0 || !isLength(length))) {
    return { rubbish: 'ambiguous Content-Length' }
  }
  const [coding] = codings
  if (coding !== undefined && (codings.length > 1 || coding.toLowerCase() !== 'chunked')) {
    return { rubbish: 'a Transfer-Encoding other than chunked' }
  }
  return { all, length: length === undefined ? undefined : Number(length) }
}

function isLength(value: string): boolean {
  return /^[0-9]+$/.test(value) && Number.isSafeInteger(Number(value))
}

function withoutOws(value: string): string {
  const last = value.charCodeAt(value.length - 1)
  const first = value.charCodeAt(0)
  const clean = last !== 0x20 && last !== 0x09 && first !== 0x20 && first !== 0x09
  return clean ? value : trimOws(value)
}
