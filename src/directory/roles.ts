import { Fault } from '../base/fault.ts'
import { directoryRoles, globalAdministrator } from '../identity/roles.ts'
import type { Directory } from './directory.ts'
import { keepAnAdministrator } from './last-administrator.ts'
import { findPerson, selectPeople, toPerson } from './people.ts'
import type { Rows } from './storage.ts'
import { notFound, type Store } from './store.ts'

type Roles = Pick<Directory, 'rolesOf' | 'roleMembers' | 'addRoleMember' | 'removeRoleMember'>
type Add = Directory['addRoleMember']
type Remove = Directory['removeRoleMember']

/** The directory's methods about who administers it. */
export function roleMethods(store: Store): Roles {
  return {
    rolesOf: (personId) =>
      store.read(async (rows) => {
        const roles = rows.selectFrom('role_member').select('role_id')
        const found = await roles.where('person_id', '=', personId).orderBy('role_id').execute()
        return found.map((row) => row.role_id)
      }),
    roleMembers: (roleId) =>
      store.read(async (rows) => {
        const members = selectPeople(rows).innerJoin('role_member', 'person_id', 'person.id')
        return (await members.where('role_id', '=', roleId).execute()).map(toPerson)
      }),
    addRoleMember: (...input) => addRoleMember(store, ...input),
    removeRoleMember: (...input) => removeRoleMember(store, ...input),
  }
}

async function addRoleMember(
  store: Store,
  ...[roleId, personId, change]: Parameters<Add>
): ReturnType<Add> {
  return store.change('role.add-member', change, async (rows) => {
    if (!directoryRoles.some(({ id }) => id === roleId)) throw notFound('role', roleId)
    if (!(await findPerson(rows, personId))) throw notFound('person', personId)
    const { numInsertedOrUpdatedRows: added } = await rows
      .insertInto('role_member')
      .values({ role_id: roleId, person_id: personId })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    if (!added) throw new Fault('already-exists', `${personId} has the role ${roleId} already`)
    const record = { targetId: roleId, before: undefined, after: { personId } }
    return { value: undefined, record }
  })
}

async function removeRoleMember(
  store: Store,
  ...[roleId, personId, change]: Parameters<Remove>
): ReturnType<Remove> {
  return store.change('role.remove-member', change, async (rows) => {
    if (roleId === globalAdministrator.id) await keepAnAdministrator(rows, personId)
    const { numDeletedRows: removed } = await rows
      .deleteFrom('role_member')
      .where('role_id', '=', roleId)
      .where('person_id', '=', personId)
      .executeTakeFirst()
    if (!removed) return { value: false }
    const record = { targetId: roleId, before: { personId }, after: undefined }
    return { value: true, record }
  })
}

/** Whether anybody administers; one who is disabled cannot, but nobody takes the place by a code. */
export async function hasAdministrator(rows: Rows): Promise<boolean> {
  const members = rows.selectFrom('role_member').select('person_id')
  const found = await members.where('role_id', '=', globalAdministrator.id).executeTakeFirst()
  return found !== undefined
}
