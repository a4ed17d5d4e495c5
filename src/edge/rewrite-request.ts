import { withoutCookies } from '../http/cookie.ts'
import { type ForwardedWay, writeForwarded } from '../http/forwarded.ts'
import { fieldValuePattern, type RawHeaders, withoutFields } from '../http/headers.ts'
import { nominatedFields } from '../http/hop.ts'
import { serializeOrigin } from '../http/origin.ts'
import { isEdgeCookie } from '../identity/session/edge-cookie.ts'
import { foldHeaderName, type IdentityPlan } from '../publishing/identity-header.ts'
import type { EdgeRequest } from './request.ts'
import { requestField } from './request-field.ts'

/** What goes to the application in place of the client's Host and forwarding fields. */
export interface Onward {
  /** Host and port the application is to see. [F2] */
  readonly host: string
  /**
   * The application's origin where Host is translated: applications compare a page's Origin with Host, so the two have to
   * be translated together (decision 9). undefined leaves Origin alone.
   */
  readonly origin: string | undefined
  readonly way: ForwardedWay
  /** Names that tell this application who is there, folded: only the edge may use them. [S12] */
  readonly identityNames: IdentityPlan['names'] | undefined
  /** What they say. */
  readonly identity: RawHeaders
  /** The client's Authorization was meant for the edge, and ends here. [S10] */
  readonly withoutAuthorization: boolean
  /** The edge's own, in place of the client's; undefined leaves that alone. */
  readonly traceparent?: string | undefined
  /** What the client says about its trace besides belongs to the one that is gone on with. */
  readonly keepsTraceState?: boolean
}

/** The request's fields as the application gets them: client claims out, the edge's own in. [F2] [S3] */
export function rewriteRequest(request: EdgeRequest, onward: Onward): string[] {
  const headers = request.headers
  const nominated = nominatedFields(request.fields.connection)
  const { identityNames } = onward
  const fields: string[] = ['Host', onward.host]
  let cookie: string | undefined
  for (let i = 0; i < headers.length; i += 2) {
    const written = headers[i] as string
    const { name, ends } = requestField(written)
    if (ends || nominated?.has(name) || identityNames?.has(name)) continue
    if (name === 'cookie') {
      // RFC 9113 §8.2.3: HTTP/2 may split the field; one server's reading of several is not another's.
      const kept = withoutCookies(headers[i + 1] as string, isEdgeCookie)
      if (kept !== undefined) cookie = cookie === undefined ? kept : `${cookie}; ${kept}`
      continue
    }
    if (name === 'authorization' && onward.withoutAuthorization) continue
    if (onward.traceparent !== undefined && endsTrace(name, onward)) continue
    fields.push(
      written,
      name === 'origin' ? originSeen(request, onward) : (headers[i + 1] as string),
    )
  }
  if (cookie !== undefined) fields.push('Cookie', cookie)
  if (onward.traceparent !== undefined) fields.push('traceparent', onward.traceparent)
  const { way } = onward
  fields.push(
    'X-Forwarded-For',
    way.hops.length === 1 ? way.hops[0] : way.hops.join(', '),
    'X-Forwarded-Host',
    way.host,
    'X-Forwarded-Proto',
    way.proto,
    'X-Forwarded-Port',
    way.port,
    'Forwarded',
    writeForwarded(way),
    'X-Request-Id',
    request.id,
    ...onward.identity,
  )
  return fields
}

function endsTrace(name: string, { keepsTraceState }: Onward): boolean {
  return name === 'traceparent' || (name === 'tracestate' && !keepsTraceState)
}

/** The trailers as the application gets them: none that says what only a head may, or what only the edge may. [F1] [S12] */
export function rewriteTrailers(
  trailers: RawHeaders,
  identityNames: IdentityPlan['names'] | undefined,
): RawHeaders {
  if (trailers.length === 0) return trailers
  return withoutFields(trailers, (name, value) => {
    const { ends, wellFormed } = requestField(name)
    if (identityNames?.has(foldHeaderName(name))) return true
    return ends || !wellFormed || neverTrailer.test(name) || !fieldValuePattern.test(value)
  })
}

// RFC 9110 §6.5.1: what frames, routes, authenticates, modifies the request or describes its body.
const neverTrailer =
  /^(?:content-.*|cookie|authorization|proxy-.*|cache-control|pragma|range|max-forwards|if-.*|origin|referer|user-agent|sec-.*|access-control-.*|accept.*|date|via|trailer)$/

// A foreign Origin stays: whether to trust it is for the application to judge.
function originSeen(request: EdgeRequest, onward: Onward): string {
  const origin = request.fields.origin as string // the field is there, or nobody would ask
  const { scheme, authority } = request
  const own = serializeOrigin({ scheme, host: authority.host, port: authority.port })
  return onward.origin !== undefined && origin === own ? onward.origin : origin
}
