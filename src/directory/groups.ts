import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { Fault } from '../base/fault.ts'
import type { Directory, Group, Membership } from './directory.ts'
import { reach, readNesting } from './nested-groups.ts'
import { findPerson, selectPeople, toPerson } from './people.ts'
import { foldName, type Tables } from './schema.ts'
import { endSessionsWithoutAccess } from './session-rows.ts'
import type { Rows } from './storage.ts'
import { notFound, type Store } from './store.ts'

type Groups = Pick<
  Directory,
  | 'groups'
  | 'createGroup'
  | 'updateGroup'
  | 'deleteGroup'
  | 'memberships'
  | 'groupMembers'
  | 'memberGroups'
  | 'groupsOf'
  | 'groupsWithin'
  | 'addGroupMember'
  | 'removeGroupMember'
>
type Create = Directory['createGroup']
type Update = Directory['updateGroup']
type Delete = Directory['deleteGroup']
type Add = Directory['addGroupMember']
type Remove = Directory['removeGroupMember']

/** The directory's methods about groups of people. */
export function groupMethods(store: Store): Groups {
  return {
    groups: () => store.read(listGroups),
    createGroup: (...input) => createGroup(store, ...input),
    updateGroup: (...input) => updateGroup(store, ...input),
    deleteGroup: (...input) => deleteGroup(store, ...input),
    memberships: () => store.read(listMemberships),
    groupMembers: (groupId) => store.read((rows) => listMembers(rows, groupId)),
    memberGroups: (groupId) => store.read((rows) => listMemberGroups(rows, groupId)),
    groupsOf: (...input) => store.read((rows) => listGroupsOf(rows, ...input)),
    groupsWithin: (groupId) => store.read((rows) => listGroupsWithin(rows, groupId)),
    addGroupMember: (...input) => addMember(store, ...input),
    removeGroupMember: (...input) => removeMember(store, ...input),
  }
}

async function listGroups(rows: Rows): Promise<readonly Group[]> {
  const groups = rows.selectFrom('person_group').selectAll()
  const found = await groups.orderBy('display_name').orderBy('id').execute()
  return found.map(toGroup)
}

/** A row as a group. */
export function toGroup(row: Omit<Tables['person_group'], 'unique_name_key'>): Group {
  const { id, display_name: displayName, description, unique_name: uniqueName } = row
  return {
    ...{ id, displayName },
    description: description ?? undefined,
    uniqueName: uniqueName ?? undefined,
  }
}

/** The group of this id. */
export async function findGroup(rows: Rows, id: string): Promise<Group | undefined> {
  const groups = rows.selectFrom('person_group').selectAll().where('id', '=', id)
  const row = await groups.executeTakeFirst()
  return row && toGroup(row)
}

async function listMemberships(rows: Rows): Promise<readonly Membership[]> {
  const people = rows.selectFrom('membership').select(['group_id', 'person_id as member_id'])
  const groups = rows
    .selectFrom('nested_group')
    .select(['group_id', 'member_group_id as member_id'])
  const found = await people.unionAll(groups).execute()
  return found.map(({ group_id, member_id }) => ({ groupId: group_id, memberId: member_id }))
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
    .selectAll('person_group')
    .orderBy('person_group.display_name')
    .orderBy('person_group.id')
    .execute()
  return members.map(toGroup)
}

async function listGroupsOf(
  rows: Rows,
  ...[memberId, reachOf]: Parameters<Directory['groupsOf']>
): Promise<readonly Group[]> {
  const { above } = await readNesting(rows)
  const memberships = rows.selectFrom('membership').select('group_id')
  const own = await memberships.where('person_id', '=', memberId).execute()
  const direct = [...own.map((row) => row.group_id), ...(above.get(memberId) ?? [])]
  const ids = reachOf === 'all' ? direct.flatMap((id) => [...reach(above, id)]) : direct
  return listThese(rows, new Set(ids))
}

async function listGroupsWithin(rows: Rows, groupId: string): Promise<readonly Group[]> {
  const { below } = await readNesting(rows)
  const ids = reach(below, groupId)
  ids.delete(groupId)
  return listThese(rows, ids)
}

async function listThese(rows: Rows, ids: ReadonlySet<string>): Promise<readonly Group[]> {
  return ids.size === 0 ? [] : (await listGroups(rows)).filter(({ id }) => ids.has(id))
}

async function createGroup(
  store: Store,
  ...[displayName, change, more = {}]: Parameters<Create>
): ReturnType<Create> {
  const { description, uniqueName } = more
  const group: Group = { id: randomUUID(), displayName, description, uniqueName }
  return store.change('group.create', change, async (rows) => {
    await refuseTakenName(rows, uniqueName)
    await rows
      .insertInto('person_group')
      .values({
        ...{ id: group.id, display_name: displayName, description: description ?? null },
        unique_name: uniqueName ?? null,
        unique_name_key: uniqueName === undefined ? null : foldName(uniqueName),
      })
      .execute()
    return { value: group, record: { targetId: group.id, before: undefined, after: group } }
  })
}

async function refuseTakenName(rows: Rows, uniqueName: string | undefined): Promise<void> {
  if (uniqueName === undefined) return
  const groups = rows.selectFrom('person_group').select('display_name')
  const key = foldName(uniqueName)
  const holder = await groups.where('unique_name_key', '=', key).executeTakeFirst()
  if (!holder) return
  throw new Fault('already-exists', `${uniqueName} is the unique name of ${holder.display_name}`)
}

async function updateGroup(
  store: Store,
  ...[id, change, edit]: Parameters<Update>
): ReturnType<Update> {
  return store.change('group.update', change, async (rows) => {
    const before = await findGroup(rows, id)
    if (!before) throw notFound('group', id)
    const after = edit(before)
    assert.equal(after.id, id, 'an edit must not change the id of a group')
    assert.equal(after.uniqueName, before.uniqueName, 'nor its unique name')
    if (isDeepStrictEqual(before, after)) return { value: before }
    const { displayName, description = null } = after
    const update = rows.updateTable('person_group').set({ display_name: displayName, description })
    await update.where('id', '=', id).execute()
    return { value: after, record: { targetId: id, before, after } }
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
    await insertMember(rows, groupId, memberId)
    const record = { targetId: groupId, before: undefined, after: { memberId } }
    return { value: undefined, record }
  })
}

async function insertMember(rows: Rows, groupId: string, memberId: string): Promise<void> {
  if (await findPerson(rows, memberId)) await addPerson(rows, groupId, memberId)
  else if (await findGroup(rows, memberId)) await addNestedGroup(rows, groupId, memberId)
  else throw notFound('person or group', memberId)
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
