import { tokenPattern } from '../http/headers.ts'
import { hopByHop } from '../http/hop.ts'
import { NameMemory } from '../http/name-memory.ts'

/** The fields that decisions look at. */
export interface FieldSlots {
  host: string | undefined
  origin: string | undefined
  accept: string | undefined
  upgrade: string | undefined
  contentLength: string | undefined
  transferEncoding: string | undefined
  requestMethod: string | undefined
  requestHeaders: string | undefined
  fetchMode: string | undefined
  fetchDest: string | undefined
  fetchSite: string | undefined
  requestedWith: string | undefined
  purpose: string | undefined
  expect: string | undefined
  connection: string | undefined
  authorization: string | undefined
  userAgent: string | undefined
}

/** What a field of a request means to the edge, told by its name alone. */
export interface RequestField {
  /** Lower-case. */
  readonly name: string
  readonly wellFormed: boolean
  readonly slot: keyof FieldSlots | undefined
  /** It may come several times, and is then one list (RFC 9110 §5.3). */
  readonly list: boolean
  /** It ends at the edge: what the client says in it never reaches the application. */
  readonly ends: boolean
}

// A second one of these would leave it to each reader which counts.
const once: ReadonlyMap<string, keyof FieldSlots> = new Map([
  ['host', 'host'],
  ['origin', 'origin'],
  ['upgrade', 'upgrade'],
  ['content-length', 'contentLength'],
  ['transfer-encoding', 'transferEncoding'],
  ['access-control-request-method', 'requestMethod'],
  ['sec-fetch-mode', 'fetchMode'],
  ['sec-fetch-dest', 'fetchDest'],
  ['sec-fetch-site', 'fetchSite'],
  ['x-requested-with', 'requestedWith'],
  ['expect', 'expect'],
  ['authorization', 'authorization'],
])

const lists: ReadonlyMap<string, keyof FieldSlots> = new Map([
  ['accept', 'accept'],
  ['connection', 'connection'],
  // For the list of requests alone.
  ['user-agent', 'userAgent'],
  ['access-control-request-headers', 'requestHeaders'],
  // What a browser loads ahead; each name of its own time means the same.
  ['sec-purpose', 'purpose'],
  ['purpose', 'purpose'],
  ['x-purpose', 'purpose'],
  ['x-moz', 'purpose'],
])

// Fields that end at the edge: those of this hop, and claims about the client that only the edge may make. [F2]
const dropped: ReadonlySet<string> = new Set([
  ...hopByHop,
  'host',
  'forwarded',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'x-request-id',
  // Steering and identity fields that applications behind other products believe, always; names that mean this at one
  // application only are its own mapping's (publishing/identity-header.ts). [S12]
  'x-original-url',
  'x-original-uri',
  'x-rewrite-url',
  'x-envoy-original-path',
  'x-auth-request-redirect',
  'x-skipper-proxy',
  'x-auth-request-user',
  'x-auth-request-email',
  'remote-user',
  'remote-groups',
  'x-remote-user',
  'x-webauth-user',
  'x-authenticated-user',
  'x-ms-client-principal',
  'x-ms-client-principal-name',
  'x-ms-token-aad-access-token',
  'x-goog-authenticated-user-email',
  'x-goog-iap-jwt-assertion',
  'cf-access-jwt-assertion',
  'x-pomerium-jwt-assertion',
  'x-endpoint-api-userinfo',
  'x-client-cert',
  'x-ssl-client-s-dn',
  'x-tls-client-subject',
])

const droppedPrefix = /^x-(?:forwarded|pomerium-claim|sallyport)-/

// CGI, WSGI, PHP and ASP fold `_` and `.` onto `-`, so such a name could pass for one of the above. [S12]
const foldable = /[_.]/

// Dropped on the way, but whoever writes this means that somebody is to frame the message by it. [F8]
const nearlyFraming = /^(?:content[_.]length|transfer[_.]encoding)$/

const names = new NameMemory(readName)

/** The meaning of a field name as it was written. */
export function requestField(written: string): RequestField {
  return names.meaningOf(written)
}

function readName(written: string): RequestField {
  const name = written.toLowerCase()
  return {
    name,
    wellFormed: tokenPattern.test(name) && !nearlyFraming.test(name),
    slot: once.get(name) ?? lists.get(name),
    list: lists.has(name),
    ends: dropped.has(name) || droppedPrefix.test(name) || foldable.test(name),
  }
}
