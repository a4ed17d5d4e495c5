import type { TokenPeople } from '../identity/token/token-issuer.ts'
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
        const { revoked_at, password_changed_at } = await endsOf(rows, person.id)
        if (issuedAt <= Number(revoked_at ?? 0)) return undefined
        // Of ours only: what another provider gave does not come from the password here.
        const ownSince = issuer === undefined ? Number(password_changed_at ?? 0) : 0
        return issuedAt >= wholeSecond(ownSince) ? person : undefined
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

// Tokens have whole seconds: one of the second in which somebody was signed out everywhere counts as before, one of the
// second in which a password was set as after, so that whoever was just set up can begin.
async function endsOf(rows: Rows, personId: string) {
  const people = rows.selectFrom('person').select(['revoked_at', 'password_changed_at'])
  return people.where('id', '=', personId).executeTakeFirstOrThrow()
}

function wholeSecond(timeMs: number): number {
  return Math.floor(timeMs / 1000) * 1000
}
