import type { TunnelRequest } from '../tunnel/exchange.ts'

/** What undici is given of a request's head, or why it cannot be sent. */
export type RequestHead =
  | {
      readonly headers: string[]
      /** The declared length of the body; undefined for chunked or none. */
      readonly length: number | undefined
    }
  | { readonly problem: string }

/**
 * The fields to send: all but Expect, whose 100 the edge has given (RFC 9110 §10.1.1), and the declared body length.
 * `bodyLength` is what is there of the body, all of it when `end`. undici itself checks names, values and target, and
 * refuses Transfer-Encoding, Upgrade and a second Host. [F8]
 */
export function readRequestHead(
  request: TunnelRequest,
  bodyLength: number,
  end: boolean,
): RequestHead {
  if (request.method === 'CONNECT') return { problem: 'CONNECT is not forwarded' }
  const headers: string[] = []
  let length: number | undefined
  for (let i = 0; i < request.headers.length; i += 2) {
    const name = request.headers[i] as string
    const value = request.headers[i + 1] as string
    if (name.length === 6 && name.toLowerCase() === 'expect') continue
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      if (length !== undefined || !/^[0-9]{1,15}$/.test(value)) return { problem: 'Content-Length' }
      length = Number(value)
    }
    headers.push(name, value)
  }
  if (request.upgrade) return length ? { problem: 'an upgrade has no body' } : { headers, length }
  const fits = length === undefined || (end ? length === bodyLength : length >= bodyLength)
  return fits ? { headers, length } : { problem: 'the body is not as long as declared' }
}
