import type { AcmeChallenge, AcmeHost, AcmeStore } from '../certificates/stored.ts'
import type { Tables } from './schema.ts'
import type { Rows } from './storage.ts'
import type { Store } from './store.ts'

/** The state of automatic certificates. Nothing here is audited: the certificates that come of it are. [P11] */
export function acmeStore(store: Store): AcmeStore {
  const write = async (work: (rows: Rows) => Promise<unknown>) => {
    await store.storage.write(work)
  }
  return {
    account: (directoryUrl) => store.read((rows) => findAccount(rows, directoryUrl)),
    keepAccount: (directoryUrl, { url, sealedKey }) =>
      write((rows) => {
        const account = { url, sealed_key: sealedKey }
        return rows
          .insertInto('acme_account')
          .values({ directory_url: directoryUrl, ...account })
          .onConflict((conflict) => conflict.column('directory_url').doUpdateSet(account))
          .execute()
      }),
    hosts: () => store.read(readHosts),
    claim: (...input) => store.storage.write((rows) => claim(rows, ...input)),
    settle: (outcome) => write((rows) => settle(rows, outcome)),
    forget: (host) =>
      write((rows) => rows.deleteFrom('acme_host').where('host', '=', host).execute()),
    putChallenge: (challenge) => store.touchCertificates((rows) => putChallenge(rows, challenge)),
    removeChallenge: (host) =>
      store.touchCertificates((rows) =>
        rows.deleteFrom('acme_challenge').where('host', '=', host).execute(),
      ),
  }
}

async function findAccount(rows: Rows, directoryUrl: string) {
  const all = rows.selectFrom('acme_account').selectAll()
  const row = await all.where('directory_url', '=', directoryUrl).executeTakeFirst()
  return row && { url: row.url, sealedKey: row.sealed_key }
}

async function readHosts(rows: Rows): Promise<readonly AcmeHost[]> {
  const found = await rows.selectFrom('acme_host').selectAll().orderBy('host').execute()
  return found.map((row) => ({
    host: row.host,
    failures: row.failures,
    nextAttemptAt: row.next_attempt_at,
    lastError: row.last_error ?? undefined,
  }))
}

async function claim(rows: Rows, host: string, now: number, until: number): Promise<boolean> {
  const all = rows.selectFrom('acme_host').selectAll().where('host', '=', host)
  const row = await all.executeTakeFirst()
  if (row && (row.claimed_until > now || row.next_attempt_at > now)) return false
  const claimed: Tables['acme_host'] = {
    ...(row ?? { host, failures: 0, next_attempt_at: 0, last_error: null }),
    claimed_until: until,
  }
  await upsertHost(rows, claimed)
  return true
}

async function settle(rows: Rows, outcome: AcmeHost): Promise<void> {
  await upsertHost(rows, {
    host: outcome.host,
    failures: outcome.failures,
    next_attempt_at: outcome.nextAttemptAt,
    last_error: outcome.lastError ?? null,
    claimed_until: 0,
  })
}

async function upsertHost(rows: Rows, row: Tables['acme_host']): Promise<void> {
  const { host: _, ...changed } = row
  await rows
    .insertInto('acme_host')
    .values(row)
    .onConflict((conflict) => conflict.column('host').doUpdateSet(changed))
    .execute()
}

async function putChallenge(rows: Rows, challenge: AcmeChallenge): Promise<void> {
  const { host, ...rest } = challenge
  const changed = {
    token: rest.token,
    key_authorization: rest.keyAuthorization,
    expires_at: rest.expiresAt,
  }
  await rows
    .insertInto('acme_challenge')
    .values({ host, ...changed })
    .onConflict((conflict) => conflict.column('host').doUpdateSet(changed))
    .execute()
}

export async function readChallenges(rows: Rows): Promise<readonly AcmeChallenge[]> {
  const found = await rows.selectFrom('acme_challenge').selectAll().execute()
  return found.map((row) => ({
    host: row.host,
    token: row.token,
    keyAuthorization: row.key_authorization,
    expiresAt: row.expires_at,
  }))
}
