import { endToEnd } from '../http/end-to-end.ts'
import type { RawHeaders } from '../http/headers.ts'

/** What a connector sent, fit to be looked at further. */
export interface ReceivedAnswer {
  readonly headers: RawHeaders
  /** What has to follow of a body, no more and no less; undefined when only the end will tell. */
  readonly bodyBytes: number | undefined
}

/**
 * Judges the head of an answer as a connector sent it. Connectors are enrolled, but they stand where applications stand:
 * what they say is not believed further than it has to be. [F8]
 */
export function judgeAnswer(
  method: string,
  status: number,
  headers: RawHeaders,
): ReceivedAnswer | { readonly problem: string } {
  let declared: string | undefined
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    if (name.length !== 14 || name.toLowerCase() !== 'content-length') continue
    const value = headers[i + 1] as string
    if (declared !== undefined || !lengthPattern.test(value)) return { problem: 'Content-Length' }
    declared = value
  }
  const kept = endToEnd(status, headers, undefined)
  if (method === 'HEAD' || status === 204 || status === 304) return { headers: kept, bodyBytes: 0 }
  const length = declared === undefined ? undefined : Number(declared)
  return { headers: kept, bodyBytes: status === 101 ? undefined : length }
}

// Fifteen digits are read alike by everybody.
const lengthPattern = /^[0-9]{1,15}$/
