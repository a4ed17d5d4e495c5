import { cookieValues } from '../../http/cookie.ts'
import type { RawHeaders } from '../../http/headers.ts'
import { edgeCookieName, writeFlowCookie } from '../session/edge-cookie.ts'

// A browser that keeps this cookie but loses the session cookie would be sent round for ever, faster than it can show;
// single sign-on takes about a second a turn.
const landedSeconds = 20
const landedMax = 4

/** How often this browser has just come back signed in; more than a few times means the session cookie gets lost. */
export function keepsComingBack(url: URL, headers: RawHeaders): boolean {
  return landedCount(url, headers) >= landedMax
}

/** The Set-Cookie value that counts one landing. */
export function landedCookie(url: URL, headers: RawHeaders): string {
  return writeFlowCookie(landedName(url), String(landedCount(url, headers) + 1), landedSeconds)
}

/** The Set-Cookie value that starts counting anew. */
export function expiredLandedCookie(url: URL): string {
  return writeFlowCookie(landedName(url), '', 0)
}

function landedCount(url: URL, headers: RawHeaders): number {
  const values = cookieValues(headers, landedName(url))
  return values.length === 1 && /^\d$/.test(values[0] as string) ? Number(values[0]) : 0
}

function landedName(url: URL): string {
  return edgeCookieName('landed', url.protocol === 'https:')
}
