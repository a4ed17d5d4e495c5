import { answerValueBytes, valueBytes } from '../http/bytes.ts'
import type { RawHeaders } from '../http/headers.ts'
import { type MessageFacts, noFacts, readFieldLines } from './fields.ts'
import { readRequestLine, readStatusLine } from './first-line.ts'
import { messageLimits } from './limits.ts'
import type { MessageProblem } from './problem.ts'
import { unusualReason } from './reason.ts'

/** What the heads of both directions have. */
export interface MessageHead {
  /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
  readonly minor: 0 | 1
  /** Order, case and repeats as they came; values without white space around them. */
  readonly headers: RawHeaders
  readonly facts: MessageFacts
}

export interface RequestHead extends MessageHead {
  readonly method: string
  /** As written; whether it is one that can be served is for others to judge. */
  readonly target: string
}

export interface ResponseHead extends MessageHead {
  /** 100 to 999. */
  readonly status: number
  /** Only when it is another than the usual one: nobody decides by it, but some people read it (RFC 9112 §4). */
  readonly reason: string | undefined
}

/**
 * The request whose head stands in `bytes` from `start` to `end`, its empty line included; or what is wrong with it
 * (RFC 9112 §3, §5). Nothing is repaired. The strings keep the text of this head alive, not all of `bytes`.
 */
export function readRequestHead(
  bytes: Buffer,
  start: number,
  end: number,
): RequestHead | MessageProblem {
  const line = readRequestLine(bytes, start)
  if (typeof line === 'string') return line
  const text = bytes.toString('latin1', start, end)
  const facts = noFacts()
  const section = { bytes, text, offset: start, end, values: valueBytes }
  const headers = readFieldLines(section, line.next, messageLimits.headFields, facts)
  if (typeof headers === 'string') return headers
  return {
    method: text.slice(0, line.methodEnd - start),
    target: text.slice(line.targetStart - start, line.targetEnd - start),
    minor: line.minor,
    headers,
    facts,
  }
}

/** The same for a response (RFC 9112 §4, §5). */
export function readResponseHead(
  bytes: Buffer,
  start: number,
  end: number,
): ResponseHead | MessageProblem {
  const line = readStatusLine(bytes, start)
  if (typeof line === 'string') return line
  const text = bytes.toString('latin1', start, end)
  const facts = noFacts()
  const section = { bytes, text, offset: start, end, values: answerValueBytes }
  const headers = readFieldLines(section, line.next, messageLimits.headFields, facts)
  if (typeof headers === 'string') return headers
  const { status, minor } = line
  const reason = unusualReason(status, text, line.next - start - 2)
  return { status, reason, minor, headers, facts }
}

/** Trailers, which stand in `bytes` from `start` to `end`, their empty line included (RFC 9112 §7.1.2). */
export function readTrailers(
  bytes: Buffer,
  start: number,
  end: number,
): RawHeaders | MessageProblem {
  const text = bytes.toString('latin1', start, end)
  const section = { bytes, text, offset: start, end, values: valueBytes }
  return readFieldLines(section, start, messageLimits.trailerFields, noFacts())
}
