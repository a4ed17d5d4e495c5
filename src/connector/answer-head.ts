import { fieldValuePattern, type RawHeaders, tokenPattern } from '../http/headers.ts'
import { hopByHop, nominatedFields } from '../http/hop.ts'
import { type Framing, responseFraming } from '../http1/framing.ts'
import type { ResponseHead } from '../http1/head.ts'

/** A backend's head, fit to be sent on. */
export interface AnswerHead {
  /** End-to-end fields, in order. */
  readonly headers: RawHeaders
  readonly framing: Framing
}

/**
 * Judges the head of an answer to `method` over HTTP/1.1. Refused is what two readers could understand differently:
 * framing beyond one plain Content-Length or `chunked` (RFC 9112 §6.3), statuses that are none. [F8]
 */
export function judgeHead(
  head: ResponseHead,
  method: string,
): AnswerHead | { readonly rubbish: string } {
  const { status } = head
  if (status > 599) return { rubbish: `status ${status}` }
  const framing = responseFraming(head, method)
  if (typeof framing === 'string') return { rubbish: framing }
  return { headers: endToEnd(status, head.headers, head.facts.connection), framing }
}

/** The fields of an answer that are meant for the browser, in order. `connection` is the value of that field. */
export function endToEnd(
  status: number,
  headers: RawHeaders,
  connection: string | undefined,
): RawHeaders {
  const nominated = nominatedFields(connection)
  const kept: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    const kind = kindOf(name)
    if (kind === 'hop' || nominated?.has(name.toLowerCase())) continue
    // RFC 9110 §8.6: 1xx and 204 have no Content-Length.
    if (kind === 'length' && (status < 200 || status === 204)) continue
    // A hint is no answer: whoever sets a cookie must have answered.
    if (kind === 'cookie' && status < 200) continue
    kept.push(name, headers[i + 1] as string)
  }
  return kept
}

type Kind = 'plain' | 'hop' | 'length' | 'cookie'

// Applications send the same few dozen names, so each is judged once.
const rememberedMax = 1_024
const remembered = new Map<string, Kind>()

function kindOf(written: string): Kind {
  const known = remembered.get(written)
  if (known) return known
  const name = written.toLowerCase()
  const special = name === 'content-length' ? 'length' : name === 'set-cookie' ? 'cookie' : 'plain'
  const kind = hopByHop.has(name) ? 'hop' : special
  if (remembered.size >= rememberedMax) remembered.clear()
  remembered.set(written, kind)
  return kind
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
  'cookie',
  'forwarded',
  'location',
  'cache-control',
])

const noTrailers: RawHeaders = []

/**
 * The trailers that may be sent on, in either direction; none when they are malformed, since the message itself is whole.
 */
export function judgeTrailers(trailers: RawHeaders): RawHeaders {
  if (trailers.length === 0) return noTrailers
  const kept: string[] = []
  for (let i = 0; i < trailers.length; i += 2) {
    const name = trailers[i] as string
    const value = trailers[i + 1] as string
    if (!tokenPattern.test(name) || !fieldValuePattern.test(value)) return noTrailers
    const lower = name.toLowerCase()
    if (!neverTrailer.has(lower) && !hopByHop.has(lower)) kept.push(name, value)
  }
  return kept
}
