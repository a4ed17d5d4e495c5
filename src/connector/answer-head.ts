import { endToEnd } from '../http/end-to-end.ts'
import type { RawHeaders } from '../http/headers.ts'
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
 * framing beyond one plain Content-Length or `chunked` (RFC 9112 §6.3). [F8]
 */
export function judgeHead(
  head: ResponseHead,
  method: string,
): AnswerHead | { readonly rubbish: string } {
  const { status } = head
  const framing = responseFraming(head, method)
  if (typeof framing === 'string') return { rubbish: framing }
  return { headers: endToEnd(status, head.headers, head.facts.connection), framing }
}
