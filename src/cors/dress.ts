import { fieldValues, listMembers, type RawHeaders, withoutFields } from '../http/headers.ts'
import type { CorsDecision, Grant } from './decide.ts'

const preflightVary = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'

/** The fields of the 204 that answers an allowed preflight. [C7] */
export function preflightHeaders(grant: Grant): RawHeaders {
  const headers = ['Access-Control-Allow-Origin', grant.origin]
  headers.push('Access-Control-Allow-Methods', grant.methods.join(', '))
  if (grant.headers.length > 0) {
    headers.push('Access-Control-Allow-Headers', grant.headers.join(', '))
  }
  headers.push('Access-Control-Max-Age', String(grant.maxAgeSeconds))
  if (grant.credentials) headers.push('Access-Control-Allow-Credentials', 'true')
  headers.push('Vary', preflightVary)
  return headers
}

/** The fields of the 403 that refuses a preflight: no permission at all. [C8] */
export function refusedPreflightHeaders(): RawHeaders {
  return ['Vary', preflightVary]
}

/**
 * The fields of any answer to an actual request, the application's or the edge's own. With a grant the edge's CORS fields
 * replace those there are; without one nothing but Vary changes, and nothing at all gives the same array. [C9] [C10]
 */
export function dress(decision: CorsDecision, headers: RawHeaders): RawHeaders {
  if (decision.kind === 'none') return decision.varyOrigin ? varyByOrigin(headers) : headers
  if (decision.kind === 'preflight' || !decision.allowed) return varyByOrigin(headers)
  const { grant } = decision
  const dressed = withoutFields(headers, (name) => name.startsWith('access-control-'))
  const exposed = exposedNames(grant.exposedHeaders, dressed)
  dressed.push('Access-Control-Allow-Origin', grant.origin)
  if (grant.credentials) dressed.push('Access-Control-Allow-Credentials', 'true')
  if (exposed.length > 0) dressed.push('Access-Control-Expose-Headers', exposed.join(', '))
  return varyByOrigin(dressed)
}

// Without a star patterns are names. With one they are answered by the names that are there: a star has no meaning
// with credentials (Fetch §http-new-header-syntax), and no page ever sees Set-Cookie (§forbidden-response-header-name).
function exposedNames(patterns: readonly string[], headers: RawHeaders): readonly string[] {
  if (!patterns.some((pattern) => pattern.endsWith('*'))) return patterns
  const names = new Set(patterns.filter((pattern) => !pattern.endsWith('*')))
  const prefixes = patterns.filter((p) => p.endsWith('*')).map((p) => p.slice(0, -1))
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase()
    if (name === 'set-cookie' || name === 'set-cookie2') continue
    if (prefixes.some((prefix) => name.startsWith(prefix))) names.add(name)
  }
  return [...names]
}

/** Adds Origin to Vary once; `Vary: *` says more already (RFC 9110 §12.5.5). */
function varyByOrigin(headers: RawHeaders): RawHeaders {
  const values = fieldValues(headers, 'vary')
  if (values.length === 0) return [...headers, 'Vary', 'Origin']
  const members = listMembers(values)
  if (members.some((member) => member === '*' || member.toLowerCase() === 'origin')) return headers
  const others = withoutFields(headers, (name) => name === 'vary')
  return [...others, 'Vary', [...members, 'Origin'].join(', ')]
}
