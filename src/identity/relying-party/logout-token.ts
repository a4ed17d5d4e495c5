import type { JWTPayload, ProtectedHeaderParameters } from 'jose'

/** Whose sessions a provider wants ended: of one sign-in there, or of one person. */
export type LogoutSubject =
  | { readonly providerSessionId: string }
  | { readonly issuer: string; readonly subject: string }

export type LogoutClaims =
  | { readonly about: LogoutSubject; readonly tokenId: string; readonly forgetAt: number }
  | { readonly refused: LogoutRefusal }

export type LogoutRefusal = 'type' | 'event' | 'nonce' | 'token-id' | 'age' | 'subject'

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'
// Back-Channel Logout 1.0 §2.4 recommends two minutes; a provider that tries again makes a new token.
const ageMaxSeconds = 120
/** Clocks of servers are a minute apart at most, or their TLS would have trouble, too. */
export const clockToleranceSeconds = 60
// Ids of sessions and people are some tens of characters; nobody needs more than this.
const idMaxLength = 512

/**
 * Reads a logout token whose signature, issuer and audience are good (Back-Channel Logout 1.0 §2.6). `now` is epoch
 * milliseconds; a token counts once until `forgetAt`.
 */
export function readLogoutToken(
  header: Pick<ProtectedHeaderParameters, 'typ'>,
  payload: JWTPayload,
  now: number,
): LogoutClaims {
  const { iat, exp, jti, nonce } = payload
  // No other kind of token may pass for it, least of all an ID token (RFC 8725 §3.11).
  if (header.typ !== undefined && !types.has(header.typ.toLowerCase())) return { refused: 'type' }
  if (!namesEvent(payload['events'])) return { refused: 'event' }
  if (nonce !== undefined) return { refused: 'nonce' }
  if (typeof jti !== 'string' || !isId(jti)) return { refused: 'token-id' }
  const seconds = now / 1000
  if (iat === undefined || Math.abs(seconds - iat) > ageMaxSeconds + clockToleranceSeconds) {
    return { refused: 'age' }
  }
  const about = subjectOf(payload)
  if (!about) return { refused: 'subject' }
  const longest = iat + ageMaxSeconds + clockToleranceSeconds
  const lastSecond = Math.min(exp === undefined ? longest : exp + clockToleranceSeconds, longest)
  return { about, tokenId: jti, forgetAt: (lastSecond + 1) * 1000 }
}

const types: ReadonlySet<string> = new Set(['logout+jwt', 'application/logout+jwt', 'jwt'])

function namesEvent(events: unknown): boolean {
  if (typeof events !== 'object' || events === null || !Object.hasOwn(events, logoutEvent)) {
    return false
  }
  const event = (events as Record<string, unknown>)[logoutEvent]
  return typeof event === 'object' && event !== null
}

// One of both at least; the session is the narrower.
function subjectOf({ iss, sub, sid }: JWTPayload): LogoutSubject | undefined {
  if (sid !== undefined) {
    return typeof sid === 'string' && isId(sid) ? { providerSessionId: sid } : undefined
  }
  return iss !== undefined && sub !== undefined && isId(sub)
    ? { issuer: iss, subject: sub }
    : undefined
}

function isId(text: string): boolean {
  return text !== '' && text.length <= idMaxLength
}
