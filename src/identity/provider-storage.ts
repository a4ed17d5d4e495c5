import './lts-flag.ts'
import { createHash } from 'node:crypto'
import Provider, { type Adapter, type AdapterPayload } from 'oidc-provider'
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
  DeviceCode: 10 * minute,
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

// Whoever shows the id of one of these is believed, so that a copy of the database must not have it. Cookies name the
// others, and count with a signature only, whose key is elsewhere.
const shownKinds: ReadonlySet<string> = new Set([
  'AccessToken',
  'AuthorizationCode',
  'DeviceCode',
  'RefreshToken',
])

/** oidc-provider's storage contract over ours. A user code is kept as the `uid` of its device code. */
export function adaptRecords(records: ProviderRecords, kind: string): Adapter {
  const isShown = shownKinds.has(kind)
  const keptAs = (id: string) => (isShown ? (readAlias(id) ?? hashOf(id)) : id)
  return {
    upsert: (id, payload, expiresIn = lifetimes.Session) =>
      records.upsert(kind, keptAs(id), keptPayload(keptAs(id), payload, isShown), expiresIn),
    async find(id) {
      const payload = await records.find(kind, keptAs(id))
      if (!payload) return undefined
      const found = isShown ? { ...payload, jti: id } : payload
      return kind === 'RefreshToken' ? forgiveRetry(found) : found
    },
    // What oidc-provider stored itself.
    findByUid: async (uid) => (await records.findByUid(kind, uid)) as AdapterPayload | undefined,
    async findByUserCode(userCode) {
      const payload = await records.findByUid(kind, userCode)
      return payload && ({ ...payload, jti: String(payload['alias']) } as AdapterPayload)
    },
    consume: (id) => records.consume(kind, keptAs(id)),
    destroy: (id) => records.destroy(kind, keptAs(id)),
    revokeByGrantId: (grantId) => records.revokeByGrantId(grantId),
  }
}

// They are random and long: nobody finds one by trying.
function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url')
}

function keptPayload(keptAs: string, payload: AdapterPayload, isShown: boolean): AdapterPayload {
  if (!isShown) return payload
  const { jti: _, userCode, ...rest } = payload
  if (userCode === undefined) return rest
  return { ...rest, userCode, uid: userCode, alias: aliasPrefix + keptAs }
}

// By the user code oidc-provider finds a record whose id is only known as a hash, and writes it again. No id of its own has
// a colon.
const aliasPrefix = 'kept:'

// Where people enter user codes, by oidc-provider's names; nobody shows tokens there.
const aliasRoutes: ReadonlySet<string> = new Set(['code_verification', 'device_resume'])

/** The kept id behind an alias. Elsewhere there are none: a copy of the database would be worth tokens. */
function readAlias(id: string): string | undefined {
  if (!id.startsWith(aliasPrefix) || !aliasRoutes.has(Provider.ctx?.oidc?.route ?? '')) {
    return undefined
  }
  return id.slice(aliasPrefix.length)
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
