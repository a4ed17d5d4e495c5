import type { RoutedApplication } from '../publishing/route.ts'
import { siteOf } from '../publishing/same-site.ts'
import type { ReadRequest } from './request.ts'

/** Why a browser sends no session cookie with a request, though it has one. */
export type CookieKept = 'omitted' | 'not-included' | 'cross-site'

/**
 * Why the browser keeps the session cookie back; undefined: it sends it. By the credentials mode (Fetch
 * §http-network-or-cache-fetch) and by SameSite (RFC 6265bis §5.2).
 */
export function cookieKept(request: ReadRequest, app: RoutedApplication): CookieKept | undefined {
  const { asked, ownOrigin } = request
  const { origin, mode } = asked
  const navigates = mode === 'navigate'
  if (!navigates && mode !== 'webSocket') {
    if (asked.credentials === 'omit') return 'omitted'
    const isOwn = origin === undefined || origin === ownOrigin
    if (asked.credentials === 'same-origin' && !isOwn) return 'not-included'
  }
  if (app.cookie.sameSite === 'None' || !isCrossSite(origin, ownOrigin)) return undefined
  // A person who follows a link takes a Lax cookie along; a form of another site does not.
  return navigates && (asked.method === 'GET' || asked.method === 'HEAD') ? undefined : 'cross-site'
}

/** Whether a page of this origin belongs to another site than the origin it calls. */
export function isCrossSite(origin: string | undefined, ownOrigin: string): boolean {
  if (origin === undefined) return false
  return !/^https?:/.test(origin) || siteOf(origin) !== siteOf(ownOrigin)
}
