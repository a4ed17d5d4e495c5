import { Fault } from '../base/fault.ts'
import type { Session, SessionStore } from '../identity/session.ts'
import { forgetEnded } from './ended-sessions.ts'
import { endSessions, toSession, toSessionRow } from './session-rows.ts'
import type { Store } from './store.ts'

/** Where sessions live. They are not audited and do not change the directory's version. */
export function sessionStore(store: Store): SessionStore {
  return {
    create: (session) => createSession(store, session),
    find: (id) => findSession(store, id),
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
async function createSession(store: Store, session: Session): Promise<void> {
  await store.storage.write(async (rows) => {
    const people = rows.selectFrom('person').select('enabled').where('id', '=', session.personId)
    if ((await people.executeTakeFirst())?.enabled === 0) {
      throw new Fault('conflict', `${session.userPrincipalName} is disabled`)
    }
    await rows.insertInto('session').values(toSessionRow(session)).execute()
  })
}

async function findSession(store: Store, id: string): Promise<Session | undefined> {
  return store.read(async (rows) => {
    const row = await rows
      .selectFrom('session')
      .selectAll()
      .where('id', '=', id)
      .where('expires_at', '>', store.clock())
      .executeTakeFirst()
    return row && toSession(row)
  })
}
