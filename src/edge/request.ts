import { type Authority, parseAuthority } from '../http/authority.ts'
import { fieldValue, type RawHeaders, trimOws } from '../http/headers.ts'
import { defaultPort, serializeOrigin } from '../http/origin.ts'
import { parseTarget, type Target } from '../http/target.ts'
import { messageLimits } from '../http1/limits.ts'
import { methodProblem } from '../refusal/method.ts'
import type { Malformed } from '../refusal/refusals.ts'
import { type FieldSlots, requestField } from './request-field.ts'
import { createRequestId } from './request-id.ts'

/** One request as the edge understands it: parsed once, immutable, decided on as a whole (docs/architecture.md). */
export interface EdgeRequest {
  /** Made by the edge; in every answer, log line and at the application. [F7] */
  readonly id: string
  readonly method: string
  readonly scheme: 'http' | 'https'
  /** Host as written, for X-Forwarded-Host. */
  readonly written: string
  readonly authority: Authority
  /** This host as an Origin, where the request names one to compare it with. */
  readonly ownOrigin: string | undefined
  readonly target: Target
  readonly headers: RawHeaders
  readonly fields: RequestFields
  readonly hasBody: boolean
  /** Address of the socket's peer. */
  readonly peer: string
  /** The client's connection: the same object for each of its requests. */
  readonly connection: object
  /** Where people may read more; undefined where nobody is told of it. */
  readonly places: OwnPlaces | undefined
}

/** Origins of the edge's own that its answers lead to. */
export interface OwnPlaces {
  /** The portal, where administrators see what became of a request; undefined when nothing is remembered. */
  readonly portal: string | undefined
  /** The login host, which has the documents. */
  readonly login: string
}

/** The fields decisions look at, found in one pass. */
export interface RequestFields extends FieldSlots {
  readonly cookies: string[]
}

/** What the listener knows of one request, before any judgement. */
export interface ReceivedHead {
  readonly method: string
  readonly target: string
  readonly scheme: 'http' | 'https'
  /** `:authority` of HTTP/2; HTTP/1.1 has only the Host field. */
  readonly authority: string | undefined
  readonly headers: RawHeaders
  readonly http2: boolean
  readonly bodyAnnounced: boolean
  /** The server name of the TLS handshake; undefined when the client sent none. */
  readonly serverName: string | undefined
  /** Of the edge, on which the connection came. */
  readonly port: number
  readonly peer: string
  readonly connection: object
}

/** The request, or why it is refused. Pure but for the request id. */
export function readRequest(head: ReceivedHead, places?: OwnPlaces): EdgeRequest | Malformed {
  const fields = readFields(head.headers)
  if ('because' in fields) return fields
  const { method } = head
  const wrongMethod = methodProblem(method, messageLimits.methodBytes)
  if (wrongMethod) return wrongMethod
  const written = head.authority ?? fields.host
  if (written === undefined) return malformed(400, 'no host')
  const authority = parseAuthority(written, defaultPort[head.scheme])
  if (!authority) return malformed(400, 'host')
  if (head.authority !== undefined && fields.host !== undefined && fields.host !== head.authority) {
    return malformed(400, 'host differs from :authority')
  }
  const originForm = toOriginForm(head.target, head.scheme, written)
  if (originForm === undefined) return malformed(400, 'absolute target for another host')
  const target = parseTarget(originForm)
  if (typeof target === 'string') return malformed(target === 'too-long' ? 414 : 400, target)
  const framing = framingProblem(fields, head.http2)
  if (framing) return framing
  return {
    id: createRequestId(),
    method,
    scheme: head.scheme,
    written,
    authority,
    ownOrigin:
      fields.origin === undefined
        ? undefined
        : serializeOrigin({ scheme: head.scheme, ...authority }),
    target,
    headers: head.headers,
    fields,
    hasBody: head.bodyAnnounced,
    peer: head.peer,
    connection: head.connection,
    places,
  }
}

/** What can be told of a request that was refused unread: nothing is decided by it. */
export function unreadableRequest(head: ReceivedHead): EdgeRequest {
  const written = head.authority ?? fieldValue(head.headers, 'host') ?? ''
  const [before = ''] = head.target.split(/[?#]/, 1)
  // Whatever else it begins with may hold a name and a password.
  const path = before.startsWith('/') ? before : '/'
  const query = head.target.length > before.length ? '?' : ''
  return {
    id: createRequestId(),
    method: head.method,
    scheme: head.scheme,
    written,
    authority: parseAuthority(written, defaultPort[head.scheme]) ?? nowhere,
    ownOrigin: undefined,
    target: { path, canonicalPath: path, query },
    headers: head.headers,
    fields: emptyFields(),
    hasBody: head.bodyAnnounced,
    peer: head.peer,
    connection: head.connection,
    places: undefined,
  }
}

const nowhere: Authority = {
  host: 'unknown.invalid',
  port: 443,
  hostAndPort: 'unknown.invalid:443',
}

// RFC 9112 §3.2.2: absolute-form is accepted, but only when it names what Host names.
function toOriginForm(target: string, scheme: string, host: string): string | undefined {
  if (target.startsWith('/')) return target
  const prefix = `${scheme}://${host}`
  if (!target.toLowerCase().startsWith(prefix.toLowerCase())) return target
  const rest = target.slice(prefix.length)
  if (rest === '' || rest.startsWith('?')) return `/${rest}`
  return rest.startsWith('/') ? rest : undefined
}

function framingProblem(fields: RequestFields, http2: boolean): Malformed | undefined {
  const { contentLength, transferEncoding, expect } = fields
  if (contentLength !== undefined) {
    if (!/^[0-9]{1,16}$/.test(contentLength)) return malformed(400, 'content-length')
    if (!Number.isSafeInteger(Number(contentLength))) return malformed(400, 'content-length')
  }
  if (transferEncoding !== undefined) {
    if (http2 || contentLength !== undefined) return malformed(400, 'transfer-encoding')
    if (transferEncoding.toLowerCase() !== 'chunked') return malformed(501, 'transfer-encoding')
  }
  if (expect !== undefined && expect.toLowerCase() !== '100-continue')
    return malformed(417, 'expect')
  return undefined
}

function malformed(status: Malformed['status'], because: string): Malformed {
  return { status, because }
}

// What may stand in names and values both codecs have seen to.
function readFields(headers: RawHeaders): RequestFields | Malformed {
  if (headers.length > messageLimits.headFields * 2) return malformed(431, 'too many fields')
  const fields = emptyFields()
  let bytes = 0
  for (let i = 0; i < headers.length; i += 2) {
    const written = headers[i] as string
    const value = headers[i + 1] as string
    bytes += written.length + value.length + 4
    const { name, wellFormed, slot, list } = requestField(written)
    if (!wellFormed) return malformed(400, 'field name')
    if (name === 'cookie') fields.cookies.push(value)
    if (slot === undefined) continue
    const present = fields[slot]
    if (list) fields[slot] = present === undefined ? value : `${present},${value}`
    else if (present === undefined) fields[slot] = trimOws(value)
    else return malformed(400, `repeated ${name}`)
  }
  return bytes > messageLimits.headBytes ? malformed(431, 'header section too large') : fields
}

function emptyFields(): RequestFields {
  return {
    host: undefined,
    origin: undefined,
    accept: undefined,
    upgrade: undefined,
    contentLength: undefined,
    transferEncoding: undefined,
    requestMethod: undefined,
    requestHeaders: undefined,
    fetchMode: undefined,
    fetchDest: undefined,
    fetchSite: undefined,
    requestedWith: undefined,
    purpose: undefined,
    expect: undefined,
    connection: undefined,
    authorization: undefined,
    userAgent: undefined,
    cookies: [],
  }
}
