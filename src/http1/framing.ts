import type { MessageHead, RequestHead, ResponseHead } from './head.ts'
import type { MessageProblem } from './problem.ts'

/** Where a message's body ends: after so many bytes, with its last chunk, or with the connection. */
export type Framing =
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' }

export const noBody: Framing = { kind: 'length', bytes: 0 }
const chunked: Framing = { kind: 'chunked' }
const untilClose: Framing = { kind: 'until-close' }

// 2^53 − 1 has sixteen digits; a number with more is not read exactly by everybody.
const lengthPattern = /^[0-9]{1,16}$/

/** The framing of a request, or why two readers could see two different ones (RFC 9112 §6.3). */
export function requestFraming(head: RequestHead): Framing | MessageProblem {
  return declaredFraming(head) ?? noBody
}

/** The framing of a response to `method` (RFC 9112 §6.3); an interim one has no body. */
export function responseFraming(head: ResponseHead, method: string): Framing | MessageProblem {
  // Faulty fields are a fault even where the body they speak of is never sent.
  const declared = declaredFraming(head)
  if (typeof declared === 'string') return declared
  const { status } = head
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return noBody
  return declared ?? untilClose
}

function declaredFraming(head: MessageHead): Framing | MessageProblem | undefined {
  const { contentLength, transferEncoding } = head.facts
  if (transferEncoding === undefined && contentLength === undefined) return undefined
  if (transferEncoding === undefined) return lengthFraming(contentLength as string)
  if (contentLength !== undefined) return 'length-and-coding'
  // RFC 9112 §6.1: HTTP/1.0 knows no codings, so whoever names one there is not to be believed.
  if (head.minor === 0) return 'coding-in-1.0'
  return transferEncoding.toLowerCase() === 'chunked' ? chunked : 'unknown-coding'
}

function lengthFraming(contentLength: string): Framing | MessageProblem {
  const bytes = Number(contentLength)
  if (!lengthPattern.test(contentLength) || !Number.isSafeInteger(bytes)) return 'content-length'
  return bytes === 0 ? noBody : { kind: 'length', bytes }
}
