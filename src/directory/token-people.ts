import type { TokenPeople } from '../identity/token-issuer.ts'
import { findPerson } from './people.ts'
import type { Rows } from './storage.ts'
import type { Store } from './store.ts'

/** Finds people by access tokens. [S10] */
export function tokenPeople(store: Store): TokenPeople {
  return {
    byToken: (subject, issuer, issuedAt) =>
      store.read(async (rows) => {
        const id = issuer === undefined ? subject : await personIdOf(rows, issuer, subject)
        const person = id === undefined ? undefined : await findPerson(rows, id)
        if (!person?.enabled) return undefined
        return issuedAt > (await revokedAt(rows, person.id)) ? person : undefined
      }),
  }
}

async function personIdOf(
  rows: Rows,
  issuer: string,
  subject: string,
): Promise<string | undefined> {
  const row = await rows
    .selectFrom('federated_identity')
    .select('person_id')
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst()
  return row?.person_id
}

// Tokens have whole seconds: one of the second in which somebody was signed out everywhere counts as before.
async function revokedAt(rows: Rows, personId: string): Promise<number> {
  const people = rows.selectFrom('person').select('revoked_at').where('id', '=', personId)
  return Number((await people.executeTakeFirst())?.revoked_at ?? 0)
}
