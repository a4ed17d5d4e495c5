import { fieldValues, listMembers, type RawHeaders, withoutFields } from '../http/headers.ts'
import { isEdgeCookie } from '../identity/session/edge-cookie.ts'

/** The application's fields without cookies that pretend to be the edge's own. [S3] */
export function withoutEdgeCookies(headers: RawHeaders): RawHeaders {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    if (name.length !== 10 || name.toLowerCase() !== 'set-cookie') continue
    if (setsEdgeCookie(headers[i + 1] as string)) {
      return withoutFields(headers, (n, value) => n === 'set-cookie' && setsEdgeCookie(value))
    }
  }
  return headers
}

function setsEdgeCookie(value: string): boolean {
  // RFC 6265bis §5.6: a cookie without a name is sent back as its bare value, which then reads like a name.
  // Whatever a browser may take for white space.
  const named = value.replace(/^\s*=?\s*/, '')
  const equals = named.indexOf('=')
  return isEdgeCookie((equals < 0 ? named : named.slice(0, equals)).trim())
}

/**
 * What only a signed-in person may see is kept by no cache but theirs, whatever the application says: a cache in front of
 * the edge would give it to everybody (RFC 9111 §3.5, §5.2.2.7).
 */
export function keepPrivate(headers: RawHeaders): RawHeaders {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    if (name.length === 13 && name.toLowerCase() === 'cache-control') return withPrivate(headers)
  }
  return [...headers, 'Cache-Control', 'private']
}

function withPrivate(headers: RawHeaders): RawHeaders {
  const members = listMembers(fieldValues(headers, 'cache-control'))
  if (members.some((member) => /^(?:private|no-store)$/i.test(member))) return headers
  const kept = members.filter((member) => !/^(?:public|s-maxage(?:\s*=.*)?)$/i.test(member))
  const others = withoutFields(headers, (name) => name === 'cache-control')
  return [...others, 'Cache-Control', [...kept, 'private'].join(', ')]
}
