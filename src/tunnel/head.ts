import { answerValueBytes, skipValue, tokenBytes, valueBytes } from '../http/bytes.ts'
import { fieldNameAt } from '../http/field-name.ts'
import { type RawHeaders, tokenPattern } from '../http/headers.ts'
import type { TunnelRequest } from './exchange.ts'
import { headBytesMax } from './limits.ts'

/** What stands before the header fields in a request's head, an answer's head, a block of trailers. */
const leadFields = { request: 8, answer: 2, trailers: 1 } as const

const originPattern = /^https?:\/\/(?:[0-9A-Za-z._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/
const targetPattern = /^\/[\x21-\x7e\x80-\xff]*$/
const idPattern = /^[\x21-\x7e]{1,128}$/
const timeoutPattern = /^[0-9]{1,9}$/
const statusPattern = /^[1-9][0-9][0-9](?: [^\v\f]{1,256})?$/
const statusLength = 3

// V8 knows of each string whether it is one byte a character, so this costs nothing for those that are.
const widePattern = /[\u0100-\uffff]/

const lineFeed = 10

/** How an answer begins; `reason` is undefined when it is the usual one. */
export interface AnswerHead {
  readonly status: number
  readonly headers: RawHeaders
  readonly reason: string | undefined
}

/** A request's head as text (spec.md §Heads), or undefined when it is too long or no Latin-1. */
export function writeRequestHead(request: TunnelRequest): string | undefined {
  const { headers, upgrade } = request
  const lead = `${headers.length / 2}\n${request.id}\n${request.method}\n${request.origin}\n${request.target}\n`
  const flags = `${request.headTimeoutMs}\n${request.verifyCertificate ? '1' : '0'}\n${upgrade ?? ''}`
  return sendable(withFields(lead + flags, headers))
}

/** An answer's head as text, or undefined when it is too long or no Latin-1. `reason`: when it is not the usual one. */
export function writeAnswerHead(
  status: number,
  headers: RawHeaders,
  reason?: string,
): string | undefined {
  const lead = `${headers.length / 2}\n${status}`
  return sendable(withFields(reason === undefined ? lead : `${lead} ${reason}`, headers))
}

/** Trailers as text, empty when there are none, or undefined when they are too long or no Latin-1. */
export function writeTrailers(trailers: RawHeaders): string | undefined {
  if (trailers.length === 0) return ''
  return sendable(withFields(`${trailers.length / 2}`, trailers))
}

/** The request whose head stands between `start` and `end`, or undefined when anything about it is not as it should be. */
export function readRequestHead(
  buffer: Buffer,
  start: number,
  end: number,
): TunnelRequest | undefined {
  const fields = readFields(buffer, start, end, leadFields.request)
  if (!fields) return undefined
  const { lead, headers } = fields
  const [, id = '', method = '', origin = '', target = '', timeout = '', verify, upgrade] = lead
  if (!idPattern.test(id) || !tokenPattern.test(method)) return undefined
  if (!originPattern.test(origin) || !targetPattern.test(target)) return undefined
  if (!timeoutPattern.test(timeout) || (verify !== '0' && verify !== '1')) return undefined
  if (upgrade !== '' && upgrade !== 'websocket') return undefined
  return {
    id,
    method,
    origin,
    target,
    headers,
    headTimeoutMs: Number(timeout),
    verifyCertificate: verify === '1',
    upgrade: upgrade === '' ? undefined : upgrade,
  }
}

/**
 * What an answer's head says, or undefined when anything about it is not as it should be. A hint is held to what a
 * request is held to.
 */
export function readAnswerHead(
  buffer: Buffer,
  start: number,
  end: number,
  interim = false,
): AnswerHead | undefined {
  const values = interim ? valueBytes : answerValueBytes
  const fields = readFields(buffer, start, end, leadFields.answer, values)
  const line = fields?.lead[1] ?? ''
  if (!fields || !statusPattern.test(line)) return undefined
  const { headers } = fields
  if (line.length === statusLength) return { status: Number(line), headers, reason: undefined }
  const status = Number(line.slice(0, statusLength))
  return { status, headers, reason: line.slice(statusLength + 1) }
}

/** The trailers of an END frame, or undefined when anything about them is not as it should be. */
export function readTrailers(buffer: Buffer, start: number, end: number): RawHeaders | undefined {
  if (start === end) return []
  return readFields(buffer, start, end, leadFields.trailers)?.headers
}

function withFields(lead: string, headers: RawHeaders): string {
  let text = lead
  for (let i = 0; i < headers.length; i++) text += `\n${headers[i]}`
  return text
}

function sendable(text: string): string | undefined {
  return text.length > headBytesMax || widePattern.test(text) ? undefined : text
}

interface Fields {
  readonly lead: readonly string[]
  readonly headers: RawHeaders
}

/**
 * What stands in a head, or undefined. The first text says how many header fields there are: a line feed smuggled into a
 * value by the sender makes the count wrong, so it can split a field but never go unnoticed.
 */
function readFields(
  buffer: Buffer,
  start: number,
  end: number,
  leadCount: number,
  values = valueBytes,
): Fields | undefined {
  if (end - start > headBytesMax) return undefined
  const text = buffer.toString('latin1', start, end)
  const lead: string[] = []
  let at = start - 1
  while (lead.length < leadCount) {
    if (at === end) return undefined
    const from = at + 1
    at = skipValue(buffer, from, end, values)
    if (at < end && buffer[at] !== lineFeed) return undefined
    lead.push(text.slice(from - start, at - start))
  }
  const headers = readHeaders(buffer, start, at, end, text, values)
  return headers && lead[0] === `${headers.length / 2}` ? { lead, headers } : undefined
}

/** Names and values by turns, each behind a line feed; the first one at `from`, unless that is the end. */
function readHeaders(
  buffer: Buffer,
  start: number,
  from: number,
  end: number,
  text: string,
  values: Uint8Array,
): string[] | undefined {
  const headers: string[] = []
  let at = from
  while (at < end) {
    const nameStart = at + 1
    let hash = 0
    at = nameStart
    while (at < end && tokenBytes[buffer[at] as number] === 1) {
      hash = (hash * 31 + (buffer[at++] as number)) | 0
    }
    if (at === nameStart || at === end || buffer[at] !== lineFeed) return undefined
    const name = fieldNameAt(buffer, text, start, nameStart, at, hash)
    const valueStart = at + 1
    at = skipValue(buffer, valueStart, end, values)
    if (at < end && buffer[at] !== lineFeed) return undefined
    headers.push(name.written, text.slice(valueStart - start, at - start))
  }
  return headers
}
