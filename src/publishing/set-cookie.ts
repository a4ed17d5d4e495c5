import { trimOws } from '../http/headers.ts'
import type { Found } from './route-table.ts'

/** A Set-Cookie value with its Domain and Path as they must be outside; other attributes keep their bytes. [F3] */
export function translateSetCookie(from: Found, value: string): string {
  if (!value.includes(';')) return value
  const [pair = '', ...attributes] = value.split(';')
  const kept: string[] = [pair]
  let changed = false
  for (const attribute of attributes) {
    const translated = translateAttribute(from, attribute, pair)
    if (translated !== attribute) changed = true
    if (translated !== undefined) kept.push(translated)
  }
  return changed ? kept.join(';') : value
}

function translateAttribute(from: Found, attribute: string, pair: string): string | undefined {
  const equals = attribute.indexOf('=')
  if (equals < 0) return attribute
  const name = trimOws(attribute.slice(0, equals)).toLowerCase()
  if (name !== 'domain' && name !== 'path') return attribute
  const value = trimOws(attribute.slice(equals + 1))
  // RFC 6265bis §4.1.3.2: the prefix wants the path `/`.
  if (name === 'path' && /^\s*__host-/i.test(pair)) return attribute
  const translated = name === 'domain' ? translateDomain(from, value) : translatePath(from, value)
  if (translated === value) return attribute
  return translated === undefined ? undefined : `${attribute.slice(0, equals)}=${translated}`
}

/**
 * Undefined makes the cookie host-only. A domain that was not the application's own inside is left for the browser to
 * judge (RFC 6265 §5.3): some applications know their external name.
 */
function translateDomain({ route, star }: Found, written: string): string | undefined {
  const domain = written.replace(/^\./, '').toLowerCase()
  const { internal, external } = route
  // What keeps its name keeps what its name is good for: hosts below it, hosts beside it.
  if (internal.host === external.host && internal.starred === external.starred) return written
  const host = internal.starred ? `${star}.${internal.host}` : internal.host
  if (domain === '') return written
  if (domain !== host && !host.endsWith(`.${domain}`)) return written
  // A cookie for the hosts beside this one is for the hosts beside it outside.
  return domain === host ? undefined : route.sharedCookieDomain
}

function translatePath({ route }: Found, path: string): string {
  const { pathPrefix: inside } = route.internal
  const { pathPrefix: outside } = route.external
  if (inside === outside || !path.startsWith('/')) return path
  const whole = outside.slice(0, -1) || '/'
  // The root of a server that is published as a whole; below another prefix the root is shared with other applications.
  if (path === '/') return inside === '/' ? whole : path
  if (path.startsWith(inside)) return outside + path.slice(inside.length)
  // `/a` and `/a/` for an application at `/a/b/` mean all of it.
  const above = path.endsWith('/') ? path : `${path}/`
  return inside.startsWith(above) ? whole : path
}
