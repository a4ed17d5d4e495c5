import { Fault } from '../base/fault.ts'
import { globalAdministrator } from '../identity/roles.ts'
import type { Rows } from './storage.ts'

/**
 * Throws `invalid` when nobody else who is enabled administers: without an administrator the next start would give
 * out a code for becoming one. For a write that takes the role, or its holder, away.
 */
export async function keepAnAdministrator(rows: Rows, personId: string): Promise<void> {
  const members = rows.selectFrom('role_member').where('role_id', '=', globalAdministrator.id)
  const own = members.select('person_id').where('person_id', '=', personId)
  if (!(await own.executeTakeFirst())) return
  const other = await members
    .innerJoin('person', 'person.id', 'role_member.person_id')
    .select('person.id')
    .where('person.id', '!=', personId)
    .where('person.enabled', '=', 1)
    .executeTakeFirst()
  if (other) return
  const message = 'The last Global Administrator must stay, and enabled. Add another one first.'
  throw new Fault('invalid', message)
}
