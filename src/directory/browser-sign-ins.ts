import type {
  BrowserSignIn,
  BrowserSignIns,
  WhichSignIns,
} from '../identity/local/browser-sign-ins.ts'
import { embeddedProviderId } from '../identity/signed-in.ts'
import { endProviderSessions } from './ended-provider-sessions.ts'
import { endSessions } from './session-rows.ts'
import type { Rows } from './storage.ts'
import type { Store } from './store.ts'

/** Where people are signed in at the embedded provider. Not audited: the sign-in log tells of them. */
export function browserSignIns(store: Store): BrowserSignIns {
  return {
    note: (...input) => noteSignIn(store, ...input),
    of: (personId) => store.read((rows) => listSignIns(rows, personId, store.clock())),
    end: (which) => endSignIns(store, which),
    removeExpired: async (before) => {
      await store.storage.write((rows) =>
        rows.deleteFrom('browser_sign_in').where('expires_at', '<=', before).execute(),
      )
    },
  }
}

async function noteSignIn(
  store: Store,
  ...[signIn, sid]: Parameters<BrowserSignIns['note']>
): Promise<void> {
  const { id, personId } = signIn
  const seen = {
    person_id: personId,
    ...(sid === undefined ? {} : { provider_session_id: sid }),
    ...{ user_agent: signIn.userAgent, address: signIn.address },
    ...{ signed_in_at: signIn.signedInAt, last_seen_at: signIn.lastSeenAt },
    expires_at: signIn.expiresAt,
  }
  await store.storage.write((rows) =>
    rows
      .insertInto('browser_sign_in')
      .values({ provider_session_id: null, ...seen, id })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(seen))
      .execute(),
  )
}

async function listSignIns(
  rows: Rows,
  personId: string,
  now: number,
): Promise<readonly BrowserSignIn[]> {
  const found = await rows
    .selectFrom('browser_sign_in')
    .selectAll()
    .where('person_id', '=', personId)
    .where('expires_at', '>', now)
    // Whatever ended a session at the provider took its record away.
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('provider_record')
          .select('provider_record.id')
          .where('provider_record.kind', '=', 'Session')
          .whereRef('provider_record.uid', '=', 'browser_sign_in.id'),
      ),
    )
    .orderBy('last_seen_at', 'desc')
    .execute()
  const visited = await rows
    .selectFrom('session')
    .innerJoin('application', 'application.id', 'session.application_id')
    .select(['session.provider_session_id as sid', 'application.display_name as name'])
    .distinct()
    .where('session.person_id', '=', personId)
    .where('session.expires_at', '>', now)
    .orderBy('name')
    .execute()
  return found.map((row) => ({
    id: row.id,
    personId: row.person_id,
    userAgent: row.user_agent,
    address: row.address,
    signedInAt: row.signed_in_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    applications: visited
      .filter(({ sid }) => sid !== null && sid === row.provider_session_id)
      .map(({ name }) => name),
  }))
}

async function endSignIns(store: Store, which: WhichSignIns): Promise<void> {
  await store.end(async (rows) => {
    const found = await rows
      .selectFrom('browser_sign_in')
      .select(['id', 'provider_session_id'])
      .where('person_id', '=', which.personId)
      .execute()
    const meant = found.filter(
      ({ id }) => id !== which.except && (which.only === undefined || id === which.only),
    )
    const ended: string[] = []
    if (which.only === undefined) await endFinishedLogins(rows, which.personId)
    for (const { id, provider_session_id: sid } of meant) {
      // The refresh tokens of a sign-in need its record, so that they end with it.
      await endProviderSessions(rows, { uid: id }, store.clock())
      await rows.deleteFrom('browser_sign_in').where('id', '=', id).execute()
      if (sid === null) continue
      ended.push(
        ...(await endSessions(rows, { providerId: embeddedProviderId, providerSessionId: sid })),
      )
    }
    return ended
  })
}

// Nobody has come back with them yet, so that they are in no browser's list.
async function endFinishedLogins(rows: Rows, personId: string): Promise<void> {
  await rows
    .deleteFrom('provider_record')
    .where('kind', '=', 'Interaction')
    .where('account_id', '=', personId)
    .execute()
}
