import { systemClock } from '../base/clock.ts'
import type { AccessJudge } from '../edge/access-judge.ts'
import { sessionOfToken } from '../edge/bearer-tokens.ts'
import { forbidden, unauthenticated } from '../graph/refusal.ts'
import type { Client, GateVerdict } from '../identity/access-gate.ts'
import type { ProvenPerson } from '../identity/administration.ts'
import { contextOf } from '../identity/authentication-context.ts'
import { embeddedProviderId } from '../identity/signed-in.ts'
import { portal } from '../publishing/built-in.ts'

/** The policies as far as they are asked about tokens. */
export type TokenGate = Pick<AccessJudge, 'judgeSession'>

/**
 * Whether the policies about the portal let in a token that somebody has, or would get, by this sign-in. `issuedAt`: epoch
 * milliseconds; now, while it is not made yet. [S8]
 */
export function judgeAdministrator(
  gate: TokenGate,
  { personId, amr, signedInAt }: ProvenPerson,
  client: Client,
  issuedAt = systemClock(),
): GateVerdict {
  const claims = { auth_time: signedInAt, amr, acr: contextOf(amr) }
  const issuer = { providerId: embeddedProviderId }
  const token = { issuer, claims, issuedAt, expiresAt: Number.POSITIVE_INFINITY, roles: [] }
  const person = { id: personId, userPrincipalName: '', displayName: '' }
  return gate.judgeSession(portal, sessionOfToken(token, portal.id, person), client)
}

/** What is asked of administrators at the portal is asked of their programs, too: the way around would be a short one. [S8] */
export function refuseByPolicy(verdict: GateVerdict): void {
  if (verdict.allowed) return
  const { code, policy } = verdict.because
  const message = `The policy "${policy.displayName}" does not let this token in (${code}).`
  if (code === 'blocked-by-policy') throw forbidden(message)
  throw unauthenticated(message, 'insufficient_user_authentication')
}
