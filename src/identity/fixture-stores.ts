import type { CountDecision, FailureCount, FailureCounts } from './local/failure-counts.ts'
import type { PeopleStore, Person } from './person.ts'
import type { ProviderRecords } from './provider-records.ts'
import type { Arrival, Arrivals } from './relying-party/arrival.ts'
import type {
  Claimed,
  RenewalClaim,
  Revocation,
  Session,
  SessionChanges,
  SessionStore,
} from './session.ts'

/** Sessions in memory, for tests of this folder; the directory has the real store. */
export class MemorySessions implements SessionStore {
  readonly rows = new Map<string, Session>()
  readonly tokens = new Map<string, string>()
  readonly renewals = new Map<string, { until: number; sentAt: number | undefined }>()
  finds = 0
  readonly #listeners = new Set<(ids: readonly string[]) => void>()

  async create(session: Session, sealedTokens: string): Promise<void> {
    this.rows.set(session.id, session)
    this.tokens.set(session.id, sealedTokens)
  }

  async find(id: string): Promise<Session | undefined> {
    this.finds++
    return this.rows.get(id)
  }

  async tokensOf(id: string): Promise<string | undefined> {
    return this.rows.has(id) ? this.tokens.get(id) : undefined
  }

  async claimRenewal(id: string, claim: RenewalClaim): Promise<Claimed> {
    const row = this.rows.get(id)
    if (!row) return { kind: 'ended' }
    if (row.verifiedAt > claim.knownAt) return { kind: 'renewed', session: row }
    const { until = 0, sentAt } = this.renewals.get(id) ?? {}
    if (until > claim.now && until <= claim.leaseUntil) return { kind: 'busy' }
    if (sentAt !== undefined && Math.abs(claim.now - sentAt) >= claim.reuseMs) {
      return { kind: 'spent' }
    }
    this.renewals.set(id, { until: claim.leaseUntil, sentAt: sentAt ?? claim.now })
    return { kind: 'claimed', sealedTokens: this.tokens.get(id) ?? '' }
  }

  async settleRenewal(
    id: string,
    knownAt: number,
    changes: SessionChanges,
    sealedTokens: string,
  ): Promise<Session | undefined> {
    const row = this.rows.get(id)
    if (row?.verifiedAt !== knownAt) return row
    this.rows.set(id, { ...row, ...changes })
    this.tokens.set(id, sealedTokens)
    this.renewals.delete(id)
    return this.rows.get(id)
  }

  async releaseRenewal(id: string, _: number, unused: boolean): Promise<void> {
    const sentAt = unused ? undefined : this.renewals.get(id)?.sentAt
    this.renewals.set(id, { until: 0, sentAt })
  }

  async noteUse(seen: ReadonlyMap<string, number>): Promise<void> {
    for (const [id, seenAt] of seen) {
      const row = this.rows.get(id)
      if (row && row.seenAt < seenAt) this.rows.set(id, { ...row, seenAt })
    }
  }

  async revoke(which: Revocation): Promise<readonly string[]> {
    const ended = [...this.rows.values()].filter((row) => concerns(which, row)).map(({ id }) => id)
    for (const id of ended) this.rows.delete(id)
    for (const listener of this.#listeners) listener(ended)
    return ended
  }

  async removeExpired(before: number): Promise<void> {
    for (const row of this.rows.values()) if (row.expiresAt < before) this.rows.delete(row.id)
  }

  onEnded(listener: (ids: readonly string[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

function concerns(which: Revocation, row: Session): boolean {
  if ('sessionId' in which) return row.id === which.sessionId
  if ('providerSessionId' in which) {
    const { providerId, providerSessionId } = which
    return row.providerId === providerId && row.providerSessionId === providerSessionId
  }
  if ('subject' in which) {
    return row.providerId === which.providerId && row.claims['sub'] === which.subject
  }
  if ('personId' in which) return row.personId === which.personId
  return row.applicationId === which.applicationId
}

/** People in memory. */
export class MemoryPeople implements PeopleStore, Arrivals {
  readonly rows = new Map<string, Person & { readonly password: string }>()

  async byId(id: string): Promise<Person | undefined> {
    return this.rows.get(id)
  }

  async byUserPrincipalName(name: string): Promise<Person | undefined> {
    const lower = name.toLowerCase()
    return [...this.rows.values()].find((row) => row.userPrincipalName.toLowerCase() === lower)
  }

  /** Without names that clash, links and groups: those are the directory's to keep. */
  async admit({ subject, userPrincipalNames, displayName, mail }: Arrival): Promise<Person> {
    const known = this.rows.get(subject)
    const userPrincipalName = userPrincipalNames[0] as string
    const person = { id: subject, userPrincipalName, displayName, mail, enabled: true }
    const kept = { ...person, enabled: known?.enabled ?? true, password: '' }
    this.rows.set(subject, kept)
    return kept
  }

  async passwordOf(id: string): Promise<string | undefined> {
    return this.rows.get(id)?.password
  }
}

/** Counts in memory. */
export class MemoryCounts implements FailureCounts {
  readonly rows = new Map<string, FailureCount>()

  async update<Value>(
    keys: readonly string[],
    decide: (counts: readonly (FailureCount | undefined)[]) => CountDecision<Value>,
  ): Promise<Value> {
    const { value, counts = [] } = decide(keys.map((key) => this.rows.get(key)))
    for (const [index, count] of counts.entries()) this.rows.set(keys[index] as string, count)
    return value
  }

  async removeExpired(before: number): Promise<void> {
    for (const [key, { resetAt }] of this.rows) if (resetAt <= before) this.rows.delete(key)
  }
}

interface Row {
  payload: Record<string, unknown>
  readonly expiresAt: number
}

/** The embedded provider's records in memory; payloads are copied as a database would. */
export class MemoryRecords implements ProviderRecords {
  readonly rows = new Map<string, Row>()

  async upsert(kind: string, id: string, payload: object, seconds: number): Promise<void> {
    const copy = JSON.parse(JSON.stringify(payload)) as Record<string, unknown>
    this.rows.set(`${kind}:${id}`, { payload: copy, expiresAt: now() + seconds })
  }

  async find(kind: string, id: string): Promise<Record<string, unknown> | undefined> {
    const row = this.rows.get(`${kind}:${id}`)
    return row && row.expiresAt > now() ? structuredClone(row.payload) : undefined
  }

  async findByUid(kind: string, uid: string): Promise<Record<string, unknown> | undefined> {
    const row = [...this.rows.entries()].find(
      ([key, { payload }]) => key.startsWith(`${kind}:`) && payload['uid'] === uid,
    )
    return row && structuredClone(row[1].payload)
  }

  async consume(kind: string, id: string): Promise<void> {
    const row = this.rows.get(`${kind}:${id}`)
    if (row) row.payload = { ...row.payload, consumed: now() }
  }

  async destroy(kind: string, id: string): Promise<void> {
    this.rows.delete(`${kind}:${id}`)
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, { payload }] of this.rows) {
      if (payload['grantId'] === grantId) this.rows.delete(key)
    }
  }

  async removeExpired(before: number): Promise<void> {
    for (const [key, row] of this.rows) if (row.expiresAt < before) this.rows.delete(key)
  }
}

function now(): number {
  return Math.floor(Date.now() / 1000)
}
