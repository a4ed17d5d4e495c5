import './lts-flag.ts'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { ProviderRecords } from './provider-records.ts'

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/**
 * Seconds. A code is redeemed within one redirect; a login form may stand open over lunch. A session is remembered for a
 * day after its last use, as long as a policy may let people stay; a week after it began they sign in anew. A refresh
 * token is renewed far more often than once a day, and never outlives its session.
 */
export const lifetimes = {
  AuthorizationCode: minute,
  AccessToken: 10 * minute,
  IdToken: hour,
  Interaction: hour,
  RefreshToken: day,
  Grant: 7 * day,
  Session: day,
} as const

// Whoever got a new refresh token may have died before keeping it, or asked twice at once: within this time the one
// before still counts. Later it is a stolen one, and all that came from that sign-in is revoked (RFC 9700 §4.14.2).
export const refreshRetrySeconds = 30

/** How long the provider keeps a session from now on, seconds: sliding, up to a week after the person signed in. */
export function sessionLifetime(
  _: unknown,
  session: { readonly loginTs?: number | undefined },
): number {
  const age = session.loginTs === undefined ? 0 : epochSeconds() - session.loginTs
  return Math.max(1, Math.min(lifetimes.Session, lifetimes.Grant - age))
}

/** oidc-provider's storage contract over ours. User codes belong to the device flow, which is off. */
export function adaptRecords(records: ProviderRecords, kind: string): Adapter {
  const found = async (lookup: Promise<Record<string, unknown> | undefined>) =>
    (await lookup) as AdapterPayload | undefined // what it stored itself
  return {
    upsert: (id, payload, expiresIn) =>
      records.upsert(kind, id, payload, expiresIn ?? lifetimes.Session),
    find: async (id) => {
      const payload = await found(records.find(kind, id))
      return kind === 'RefreshToken' && payload ? forgiveRetry(payload) : payload
    },
    findByUid: (uid) => found(records.findByUid(kind, uid)),
    findByUserCode: async () => undefined,
    consume: (id) => records.consume(kind, id),
    destroy: (id) => records.destroy(kind, id),
    revokeByGrantId: (grantId) => records.revokeByGrantId(grantId),
  }
}

function forgiveRetry(payload: AdapterPayload): AdapterPayload {
  const { consumed, ...unused } = payload
  const usedAt = Number(consumed)
  return usedAt > epochSeconds() - refreshRetrySeconds ? unused : payload
}

// Records follow the wall clock, as oidc-provider does.
function epochSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
