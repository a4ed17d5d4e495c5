import { randomUUID } from 'node:crypto'
import { Fault } from '../base/fault.ts'
import type { Directory, Group } from './directory.ts'
import { findPerson, selectPeople, toPerson } from './people.ts'
import { endSessionsWithoutAccess } from './session-rows.ts'
import type { Rows } from './storage.ts'
import { notFound, type Store } from './store.ts'

type Groups = Pick<
  Directory,
  'groups' | 'createGroup' | 'deleteGroup' | 'groupMembers' | 'addGroupMember' | 'removeGroupMember'
>
type Create = Directory['createGroup']
type Delete = Directory['deleteGroup']
type Add = Directory['addGroupMember']
type Remove = Directory['removeGroupMember']

/** The directory's methods about groups of people. */
export function groupMethods(store: Store): Groups {
  return {
    groups: () => store.read(listGroups),
    createGroup: (...input) => createGroup(store, ...input),
    deleteGroup: (...input) => deleteGroup(store, ...input),
    groupMembers: (groupId) => store.read((rows) => listMembers(rows, groupId)),
    addGroupMember: (...input) => addMember(store, ...input),
    removeGroupMember: (...input) => removeMember(store, ...input),
  }
}

async function listGroups(rows: Rows): Promise<readonly Group[]> {
  const groups = rows.selectFrom('person_group').selectAll()
  const found = await groups.orderBy('display_name').orderBy('id').execute()
  return found.map(toGroup)
}

function toGroup(row: { id: string; display_name: string }): Group {
  return { id: row.id, displayName: row.display_name }
}

/** The group of this id. */
export async function findGroup(rows: Rows, id: string): Promise<Group | undefined> {
  const groups = rows.selectFrom('person_group').selectAll().where('id', '=', id)
  const row = await groups.executeTakeFirst()
  return row && toGroup(row)
}

async function listMembers(rows: Rows, groupId: string) {
  const members = await selectPeople(rows)
    .innerJoin('membership', 'membership.person_id', 'person.id')
    .where('membership.group_id', '=', groupId)
    .execute()
  return members.map(toPerson)
}

async function createGroup(
  store: Store,
  ...[displayName, change]: Parameters<Create>
): ReturnType<Create> {
  const group: Group = { id: randomUUID(), displayName }
  return store.change('group.create', change, async (rows) => {
    await rows
      .insertInto('person_group')
      .values({ id: group.id, display_name: displayName })
      .execute()
    return { value: group, record: { targetId: group.id, before: undefined, after: group } }
  })
}

async function deleteGroup(store: Store, ...[id, change]: Parameters<Delete>): ReturnType<Delete> {
  return store.change('group.delete', change, async (rows) => {
    const group = await findGroup(rows, id)
    if (!group) return { value: false }
    const memberIds = (await listMembers(rows, id)).map((member) => member.id)
    await rows.deleteFrom('assignment').where('principal_id', '=', id).execute()
    // Memberships go with the group, by foreign key.
    await rows.deleteFrom('person_group').where('id', '=', id).execute()
    const ended = await endSessionsWithoutAccess(rows, 'everywhere')
    const record = { targetId: id, before: { ...group, memberIds }, after: undefined }
    return { value: true, record, ended }
  })
}

async function addMember(
  store: Store,
  ...[groupId, personId, change]: Parameters<Add>
): ReturnType<Add> {
  return store.change('group.add-member', change, async (rows) => {
    if (!(await findGroup(rows, groupId))) throw notFound('group', groupId)
    if (!(await findPerson(rows, personId))) throw notFound('person', personId)
    const { numInsertedOrUpdatedRows: added } = await rows
      .insertInto('membership')
      .values({ group_id: groupId, person_id: personId })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    if (!added) throw new Fault('already-exists', `${personId} is a member of ${groupId} already`)
    const record = { targetId: groupId, before: undefined, after: { personId } }
    return { value: undefined, record }
  })
}

async function removeMember(
  store: Store,
  ...[groupId, personId, change]: Parameters<Remove>
): ReturnType<Remove> {
  return store.change('group.remove-member', change, async (rows) => {
    const { numDeletedRows: removed } = await rows
      .deleteFrom('membership')
      .where('group_id', '=', groupId)
      .where('person_id', '=', personId)
      .executeTakeFirst()
    if (!removed) return { value: false }
    const ended = await endSessionsWithoutAccess(rows, { personId })
    const record = { targetId: groupId, before: { personId }, after: undefined }
    return { value: true, record, ended }
  })
}
