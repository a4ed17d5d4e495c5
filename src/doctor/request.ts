import { type Authority, parseAuthority } from '../http/authority.ts'
import { fieldValue, type RawHeaders, withoutFields } from '../http/headers.ts'
import { defaultPort, serializeOrigin } from '../http/origin.ts'
import { parseTarget, type Target } from '../http/target.ts'
import { methodProblem } from '../refusal/method.ts'
import type { Malformed } from '../refusal/refusals.ts'

/** How a browser makes a request (Fetch §concept-request-mode). */
export type RequestMode = 'cors' | 'no-cors' | 'navigate' | 'webSocket'

export type Credentials = 'omit' | 'same-origin' | 'include'

/** Who asks. `anybody`: somebody whom assignments and policies let in. Times are epoch milliseconds. */
export type Visitor =
  | { readonly kind: 'nobody' | 'anybody' }
  /** `underSeconds`: the session ran out after this time, so that a longer one would not have; undefined: after any. */
  | { readonly kind: 'expired'; readonly underSeconds?: number }
  | {
      readonly kind: 'person'
      readonly id: string
      readonly userPrincipalName: string
      readonly multiFactor: boolean
      readonly authenticatedAt: number
    }

/** A request that somebody thinks up, as a page in a browser would make it. */
export interface ImaginedRequest {
  readonly method: string
  /** Absolute, with http or https. */
  readonly url: string
  /** The page's; undefined: no page, or one that the person opens. */
  readonly origin: string | undefined
  /** What the page sets. */
  readonly headers: RawHeaders
  readonly mode: RequestMode
  readonly credentials: Credentials
  readonly visitor: Visitor
  readonly ipAddress: string | undefined
}

/** The request as the edge reads it. */
export interface ReadRequest {
  readonly asked: ImaginedRequest
  readonly scheme: 'http' | 'https'
  readonly authority: Authority
  /** Host as written. */
  readonly written: string
  /** The origin it is sent to. */
  readonly ownOrigin: string
  readonly target: Target
  /** All that goes over the wire but Host and Cookie. */
  readonly headers: RawHeaders
}

// Longer than any method there is; the edge takes no longer ones either.
const methodMaxBytes = 32

/** Reads the URL as a browser and then as the edge does, or says why the edge does not understand it. [F8] */
export function readRequest(asked: ImaginedRequest): ReadRequest | Malformed {
  const method = methodProblem(asked.method, methodMaxBytes)
  if (method) return method
  const url = URL.parse(asked.url)
  const scheme = url?.protocol.slice(0, -1)
  if (!url || (scheme !== 'http' && scheme !== 'https')) return { status: 400, because: 'host' }
  const authority = parseAuthority(url.host, defaultPort[scheme])
  if (!authority) return { status: 400, because: 'host' }
  const target = parseTarget(url.pathname + url.search)
  if (typeof target === 'string') {
    return { status: target === 'too-long' ? 414 : 400, because: target }
  }
  const ownOrigin = serializeOrigin({ scheme, ...authority })
  const headers = wireHeaders(asked, ownOrigin)
  return { asked, scheme, authority, written: url.host, ownOrigin, target, headers }
}

/** What a browser sends: its own fields, and those of the page, which count where both say something. */
function wireHeaders(asked: ImaginedRequest, ownOrigin: string): RawHeaders {
  const own = withOrigin(asked, ownOrigin) ? ['Origin', asked.origin as string] : []
  const fields = [...own, ...modeFields[asked.mode]]
  const page = new Set(asked.headers.filter((_, i) => i % 2 === 0).map((n) => n.toLowerCase()))
  return [...withoutFields(fields, (name) => page.has(name)), ...asked.headers]
}

/** Fetch §append-a-request-origin-header: with every call to another origin, and with everything but GET and HEAD. */
function withOrigin({ mode, method, origin }: ImaginedRequest, ownOrigin: string): boolean {
  if (origin === undefined) return false
  if (mode === 'webSocket') return true
  if (mode === 'cors' && origin !== ownOrigin) return true
  return method !== 'GET' && method !== 'HEAD'
}

const modeFields: Readonly<Record<RequestMode, RawHeaders>> = {
  cors: ['Accept', '*/*', 'Sec-Fetch-Mode', 'cors', 'Sec-Fetch-Dest', 'empty'],
  'no-cors': ['Accept', '*/*', 'Sec-Fetch-Mode', 'no-cors', 'Sec-Fetch-Dest', 'empty'],
  navigate: ['Accept', 'text/html', 'Sec-Fetch-Mode', 'navigate', 'Sec-Fetch-Dest', 'document'],
  webSocket: [
    ...['Upgrade', 'websocket', 'Connection', 'Upgrade', 'Sec-WebSocket-Version', '13'],
    ...['Sec-Fetch-Mode', 'websocket', 'Sec-Fetch-Dest', 'websocket'],
  ],
}

/** A field of the request; undefined when it is not there. */
export function fieldOf({ headers }: ReadRequest, name: string): string | undefined {
  return fieldValue(headers, name)
}
