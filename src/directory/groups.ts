import { randomUUID } from 'node:crypto'
import { Fault } from '../base/fault.ts'
import type { Directory, Group } from './directory.ts'
import { reach, readNesting } from './nested-groups.ts'
import { findPerson, selectPeople, toPerson } from './people.ts'
import { endSessionsWithoutAccess } from './session-rows.ts'
import type { Rows } from './storage.ts'
import { notFound, type Store } from './store.ts'

type Groups = Pick<
  Directory,
  | 'groups'
  | 'createGroup'
  | 'deleteGroup'
  | 'groupMembers'
  | 'memberGroups'
  | 'addGroupMember'
  | 'removeGroupMember'
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
    memberGroups: (groupId) => store.read((rows) => listMemberGroups(rows, groupId)),
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

async function listMemberGroups(rows: Rows, groupId: string): Promise<readonly Group[]> {
  const members = await rows
    .selectFrom('nested_group')
    .innerJoin('person_group', 'person_group.id', 'nested_group.member_group_id')
    .where('nested_group.group_id', '=', groupId)
    .select(['person_group.id', 'person_group.display_name'])
    .orderBy('person_group.display_name')
    .orderBy('person_group.id')
    .execute()
  return members.map(toGroup)
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
  ...[groupId, memberId, change]: Parameters<Add>
): ReturnType<Add> {
  return store.change('group.add-member', change, async (rows) => {
    if (!(await findGroup(rows, groupId))) throw notFound('group', groupId)
    if (await findPerson(rows, memberId)) await addPerson(rows, groupId, memberId)
    else if (await findGroup(rows, memberId)) await addNestedGroup(rows, groupId, memberId)
    else throw notFound('person or group', memberId)
    const record = { targetId: groupId, before: undefined, after: { memberId } }
    return { value: undefined, record }
  })
}

async function addPerson(rows: Rows, groupId: string, personId: string): Promise<void> {
  const { numInsertedOrUpdatedRows: added } = await rows
    .insertInto('membership')
    .values({ group_id: groupId, person_id: personId })
    // A membership that a provider gave becomes the administrator's, and stays when the provider says no more of it.
    .onConflict((conflict) =>
      conflict
        .columns(['group_id', 'person_id'])
        .doUpdateSet({ provider_id: null })
        .where('membership.provider_id', 'is not', null),
    )
    .executeTakeFirst()
  if (!added) throw isMember(personId, groupId)
}

async function addNestedGroup(rows: Rows, groupId: string, memberId: string): Promise<void> {
  const { above } = await readNesting(rows)
  if (reach(above, groupId).has(memberId)) {
    throw new Fault('invalid', `${memberId} contains ${groupId}, or is it`)
  }
  const { numInsertedOrUpdatedRows: added } = await rows
    .insertInto('nested_group')
    .values({ group_id: groupId, member_group_id: memberId })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (!added) throw isMember(memberId, groupId)
}

function isMember(memberId: string, groupId: string): Fault {
  return new Fault('already-exists', `${memberId} is a member of ${groupId} already`)
}

async function removeMember(
  store: Store,
  ...[groupId, memberId, change]: Parameters<Remove>
): ReturnType<Remove> {
  return store.change('group.remove-member', change, async (rows) => {
    const { numDeletedRows: removed } = await rows
      .deleteFrom('membership')
      .where('group_id', '=', groupId)
      .where('person_id', '=', memberId)
      .executeTakeFirst()
    const { numDeletedRows: removedGroups } = await rows
      .deleteFrom('nested_group')
      .where('group_id', '=', groupId)
      .where('member_group_id', '=', memberId)
      .executeTakeFirst()
    if (!removed && !removedGroups) return { value: false }
    const ended = removed ? await endSessionsWithoutAccess(rows, { personId: memberId }) : []
    const record = { targetId: groupId, before: { memberId }, after: undefined }
    return { value: true, record, ended }
  })
}
