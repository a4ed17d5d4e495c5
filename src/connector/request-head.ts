import { bindsConnection } from '../http/connection-credentials.ts'
import { fieldValuePattern, type RawHeaders, tokenPattern } from '../http/headers.ts'
import { hopByHop } from '../http/hop.ts'
import { NameMemory } from '../http/name-memory.ts'
import type { TunnelRequest } from '../tunnel/exchange.ts'

/** One request as a backend is to get it: checked, and framed in exactly one way. */
export interface OutgoingRequest {
  readonly method: string
  readonly target: string
  /** In the order that the edge gave, Host among them; what frames the body is there or comes last. */
  readonly fields: RawHeaders
  /** No length was told and the body is still coming: Transfer-Encoding is needed (RFC 9112 §7.1). */
  readonly chunked: boolean
  /** The declared length of the body. */
  readonly length: number | undefined
  readonly upgrade: 'websocket' | undefined
  /** The backend is asked to say when it wants the body (RFC 9110 §10.1.1). */
  readonly expectsContinue: boolean
  /** Its credentials count for the connection it goes out on, not for itself alone (RFC 4559 §6). */
  readonly bindsConnection: boolean
}

/**
 * The request to send, or why it cannot be sent: what two readers could understand differently is refused, whatever the
 * edge thinks of it. `bodyLength` is what is there of the body, all of it when `end`. Nothing is added but what frames
 * the body. [F1] [F8]
 */
export function readRequest(
  request: TunnelRequest,
  bodyLength: number,
  end: boolean,
): OutgoingRequest | { readonly problem: string } {
  const { method, target, headers, upgrade } = request
  if (method === 'CONNECT') return { problem: 'CONNECT is not forwarded' }
  if (!tokenPattern.test(method)) return { problem: 'a method that is no token' }
  if (!targetPattern.test(target)) return { problem: 'a target that is none' }
  const found = readFields(headers)
  if ('problem' in found) return found
  const { length } = found
  // A WebSocket has no body; what comes behind its head is for after the switch.
  const whole = end || upgrade !== undefined
  const bytes = upgrade ? 0 : bodyLength
  if (length !== undefined && (whole ? length !== bytes : length < bytes)) {
    return { problem: 'the body is not as long as declared' }
  }
  // An expectation without a body to come is none.
  const dropsExpect = found.expect !== undefined && (whole || !isContinue(found.expect))
  const kept = dropsExpect ? withoutExpect(headers) : headers
  // Over HTTP/2 a client need not tell that it sends nothing, but some servers insist on it over HTTP/1.1.
  const tellsLength = whole && length === undefined && (bytes > 0 || withBody.has(method))
  return {
    method,
    target,
    fields: tellsLength ? [...kept, 'Content-Length', String(bytes)] : kept,
    chunked: !whole && length === undefined,
    length: tellsLength ? bytes : length,
    upgrade,
    expectsContinue: found.expect !== undefined && !dropsExpect,
    bindsConnection: found.bindsConnection,
  }
}

/** Origin-form (RFC 9112 §3.2.1): no space, no control byte, no fragment. */
const targetPattern = /^\/[\x21\x22\x24-\x7e\x80-\xff]*$/

/** Methods that anticipate a body (RFC 9110 §8.6). */
const withBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

type Meaning = 'plain' | 'host' | 'length' | 'expect' | 'credentials' | 'forbidden'

const meanings: Readonly<Record<string, Meaning>> = Object.assign(Object.create(null), {
  host: 'host',
  'content-length': 'length',
  expect: 'expect',
  authorization: 'credentials',
  ...Object.fromEntries([...hopByHop].map((name) => [name, 'forbidden'])),
})

const names = new NameMemory<Meaning>((written) => {
  return tokenPattern.test(written) ? (meanings[written.toLowerCase()] ?? 'plain') : 'forbidden'
})

interface FoundFields {
  length: number | undefined
  expect: string | undefined
  bindsConnection: boolean
}

function readFields(headers: RawHeaders): FoundFields | { readonly problem: string } {
  const found: FoundFields = { length: undefined, expect: undefined, bindsConnection: false }
  let hosts = 0
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    const value = headers[i + 1] as string
    if (!fieldValuePattern.test(value)) return { problem: 'control bytes in a field' }
    const meaning = names.meaningOf(name)
    if (meaning === 'plain') continue
    if (meaning === 'forbidden') return { problem: `a field ${JSON.stringify(name)}` }
    if (meaning === 'host') hosts++
    else if (meaning === 'expect') found.expect = value
    else if (meaning === 'credentials') found.bindsConnection ||= bindsConnection(value)
    else if (found.length !== undefined || !/^[0-9]{1,15}$/.test(value)) {
      return { problem: 'Content-Length' }
    } else found.length = Number(value)
  }
  return hosts === 1 ? found : { problem: `${hosts} Host fields` }
}

function isContinue(expectation: string): boolean {
  return expectation.toLowerCase() === '100-continue'
}

function withoutExpect(headers: RawHeaders): RawHeaders {
  return headers.filter((_, i) => (headers[i - (i % 2)] as string).toLowerCase() !== 'expect')
}
