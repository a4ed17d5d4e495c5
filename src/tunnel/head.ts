import {
  answerValuePattern,
  fieldValuePattern,
  type RawHeaders,
  tokenPattern,
} from '../http/headers.ts'
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

/** What byte may stand in a field name, and in a value; the same as the patterns, per byte, for the hot path. */
const nameBytes = byteTable(tokenPattern)
const valueBytes = byteTable(fieldValuePattern)
const answerValueBytes = byteTable(answerValuePattern)

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
  const [, id = '', method = '', origin = '', target = '', timeout = '', verify, upgrade] = fields
  if (!idPattern.test(id) || !tokenPattern.test(method)) return undefined
  if (!originPattern.test(origin) || !targetPattern.test(target)) return undefined
  if (!timeoutPattern.test(timeout) || (verify !== '0' && verify !== '1')) return undefined
  if (upgrade !== '' && upgrade !== 'websocket') return undefined
  return {
    id,
    method,
    origin,
    target,
    headers: fields.slice(leadFields.request),
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
  const line = fields?.[1] ?? ''
  if (!fields || !statusPattern.test(line)) return undefined
  const headers = fields.slice(leadFields.answer)
  if (line.length === statusLength) return { status: Number(line), headers, reason: undefined }
  const status = Number(line.slice(0, statusLength))
  return { status, headers, reason: line.slice(statusLength + 1) }
}

/** The trailers of an END frame, or undefined when anything about them is not as it should be. */
export function readTrailers(buffer: Buffer, start: number, end: number): RawHeaders | undefined {
  if (start === end) return []
  return readFields(buffer, start, end, leadFields.trailers)?.slice(leadFields.trailers)
}

function withFields(lead: string, headers: RawHeaders): string {
  let text = lead
  for (let i = 0; i < headers.length; i++) text += `\n${headers[i]}`
  return text
}

function sendable(text: string): string | undefined {
  return text.length > headBytesMax || widePattern.test(text) ? undefined : text
}

/**
 * The fields of a head, or undefined. The first says how many header fields there are: a line feed smuggled into a
 * value by the sender makes the count wrong, so it can split a field but never go unnoticed.
 */
function readFields(
  buffer: Buffer,
  start: number,
  end: number,
  lead: number,
  values = valueBytes,
): string[] | undefined {
  if (end - start > headBytesMax) return undefined
  if (!wellFormed(buffer, start, end, lead, values)) return undefined
  const fields = buffer.toString('latin1', start, end).split('\n')
  const pairs = (fields.length - lead) / 2
  return Number.isInteger(pairs) && fields[0] === `${pairs}` ? fields : undefined
}

/** Whether names are tokens and everything else is free of control bytes. A loop: no pattern's stack can overflow. */
function wellFormed(
  buffer: Buffer,
  start: number,
  end: number,
  lead: number,
  values: Uint8Array,
): boolean {
  let table = values
  let field = 0
  let nameStart = -1
  for (let at = start; at < end; at++) {
    const byte = buffer[at] as number
    if (byte === lineFeed) {
      if (nameStart === at) return false
      field++
      const isName = field >= lead && (field - lead) % 2 === 0
      table = isName ? nameBytes : values
      nameStart = isName ? at + 1 : -1
    } else if (table[byte] === 0) return false
  }
  return nameStart !== end
}

function byteTable(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) =>
    pattern.test(String.fromCharCode(byte)) ? 1 : 0,
  )
}
