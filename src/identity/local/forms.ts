import type { IncomingMessage } from 'node:http'

// User name and password percent-encoded three times over (1,024 bytes of password are allowed), or what a security key
// has to say about itself.
const formMaxBytes = 16 * 1024

/**
 * Was the form sent by a page of this origin? Our pages send no referrer, so browsers write `Origin: null` on their
 * forms; Fetch Metadata tells for certain.
 */
export function isOwnForm(request: IncomingMessage, ownOrigin: string): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { origin } = request.headers
  return origin === undefined || origin === 'null' || origin === ownOrigin
}

/** The fields of a form; undefined for what is no form, or too long. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) return undefined
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > formMaxBytes) return undefined
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}
