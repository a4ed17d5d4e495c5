import { Fault } from '../base/fault.ts'
import type { Session, SessionStore } from '../identity/session.ts'
import { wasDeleted } from './deleted-people.ts'
import { forgetEnded } from './ended-sessions.ts'
import { claimRenewal, noteUse, releaseRenewal, settleRenewal } from './renewals.ts'
import { endSessions, sessionColumns, toSession, toSessionRow } from './session-rows.ts'
import { forgetSpent } from './spent-tokens.ts'
import type { Rows } from './storage.ts'
import type { Store } from './store.ts'

/** Where sessions live. They are not audited and do not change the directory's version. */
export function sessionStore(store: Store): SessionStore {
  return {
    create: (session, sealedTokens) => createSession(store, session, sealedTokens),
    find: (id) => store.read((rows) => findSession(rows, id, store.clock())),
    tokensOf: (id) => store.read((rows) => findTokens(rows, id, store.clock())),
    claimRenewal: (id, claim) => store.storage.write((rows) => claimRenewal(rows, id, claim)),
    settleRenewal: (...input) => store.storage.write((rows) => settleRenewal(rows, ...input)),
    releaseRenewal: (...input) => store.storage.write((rows) => releaseRenewal(rows, ...input)),
    noteUse: (seen) => store.storage.write((rows) => noteUse(rows, seen)),
    revoke: (which) => store.end((rows) => endSessions(rows, which)),
    async removeExpired(before) {
      await store.storage.write(async (rows) => {
        await rows.deleteFrom('session').where('expires_at', '<=', before).execute()
        await forgetEnded(rows, before)
        await forgetSpent(rows, before)
      })
    },
    onEnded: (listener) => store.onEnded(listener),
  }
}

/** Somebody disabled, deleted or signed out everywhere while signing in gets none: what was there before has ended. [S9] */
async function createSession(store: Store, session: Session, sealedTokens: string): Promise<void> {
  await store.storage.write(async (rows) => {
    const people = rows.selectFrom('person').select(['enabled', 'revoked_at'])
    const person = await people.where('id', '=', session.personId).executeTakeFirst()
    if (person?.enabled === 0) {
      throw new Fault('conflict', `${session.userPrincipalName} is disabled`)
    }
    if (!person && (await wasDeleted(rows, session.personId))) {
      throw new Fault('conflict', `${session.userPrincipalName} was deleted`)
    }
    if ((person?.revoked_at ?? 0) >= session.verifiedAt) {
      throw new Fault(
        'conflict',
        `${session.userPrincipalName} was signed out everywhere meanwhile`,
      )
    }
    await rows.insertInto('session').values(toSessionRow(session, sealedTokens)).execute()
  })
}

async function findSession(rows: Rows, id: string, now: number): Promise<Session | undefined> {
  const row = await rows
    .selectFrom('session')
    .select(sessionColumns)
    .where('id', '=', id)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row && toSession(row)
}

async function findTokens(rows: Rows, id: string, now: number): Promise<string | undefined> {
  const row = await rows
    .selectFrom('session')
    .select('sealed_tokens')
    .where('id', '=', id)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row?.sealed_tokens ?? undefined
}
