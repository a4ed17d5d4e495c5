import { Fault } from '../base/fault.ts'
import type { Session, SessionChanges, SessionStore } from '../identity/session.ts'
import { forgetEnded } from './ended-sessions.ts'
import { endSessions, sessionColumns, toSession, toSessionRow } from './session-rows.ts'
import type { Rows } from './storage.ts'
import type { Store } from './store.ts'

/** Where sessions live. They are not audited and do not change the directory's version. */
export function sessionStore(store: Store): SessionStore {
  return {
    create: (session, sealedTokens) => createSession(store, session, sealedTokens),
    find: (id) => store.read((rows) => findSession(rows, id, store.clock())),
    tokensOf: (id) => store.read((rows) => findTokens(rows, id, store.clock())),
    replace: (id, changes, sealedTokens) => replaceSession(store, id, changes, sealedTokens),
    revoke: (which) => store.end((rows) => endSessions(rows, which)),
    async removeExpired(before) {
      await store.storage.write(async (rows) => {
        await rows.deleteFrom('session').where('expires_at', '<=', before).execute()
        await forgetEnded(rows, before)
      })
    },
    onEnded: (listener) => store.onEnded(listener),
  }
}

/** Somebody disabled while signing in gets none: disabling has ended the sessions that were there before. [S9] */
async function createSession(store: Store, session: Session, sealedTokens: string): Promise<void> {
  await store.storage.write(async (rows) => {
    const people = rows.selectFrom('person').select('enabled').where('id', '=', session.personId)
    if ((await people.executeTakeFirst())?.enabled === 0) {
      throw new Fault('conflict', `${session.userPrincipalName} is disabled`)
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

async function replaceSession(
  store: Store,
  id: string,
  changes: SessionChanges,
  sealedTokens: string | undefined,
): Promise<Session | undefined> {
  return store.storage.write(async (rows) => {
    const before = await findSession(rows, id, store.clock())
    if (!before) return undefined
    const after = { ...before, ...changes }
    const { sealed_tokens, ...row } = toSessionRow(after, sealedTokens ?? '')
    await rows
      .updateTable('session')
      .set(sealedTokens === undefined ? row : { ...row, sealed_tokens })
      .where('id', '=', id)
      .execute()
    return after
  })
}
