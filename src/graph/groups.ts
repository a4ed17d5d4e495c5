import type { z } from 'zod'
import type { Issue } from '../base/check.ts'
import { asFault } from '../base/fault.ts'
import type { Change } from '../directory/change.ts'
import type { Directory, Group } from '../directory/directory.ts'
import { foldName } from '../directory/schema.ts'
import type { Person } from '../identity/person.ts'
import { expandRolesOfGroups } from './assigned.ts'
import {
  type Call,
  key,
  linkOf,
  noContent,
  type Reply,
  readBody,
  replyItem,
  replyPage,
} from './call.ts'
import { type Expansions, toMany } from './expand.ts'
import { expandOwnersOfGroups } from './owner-lists.ts'
import { findUser } from './people.ts'
import { placesOf, type Reach } from './places.ts'
import { invalid, notFound } from './refusal.ts'
import { issueAt, parseBody } from './shape/body.ts'
import {
  boundGroupBody,
  groupCollection,
  groupQuestionBody,
  memberCollection,
  memberGroupsBody,
  mergeGroup,
  newGroupBody,
} from './shape/group.ts'
import { asPlace, placeCollection } from './shape/place.ts'
import { parseReference } from './shape/reference.ts'
import { missingName, replyCreated } from './unique-name.ts'

/** GET /groups */
export async function listGroups(call: Call): Promise<Reply> {
  return replyPage(call, groupCollection, await call.directory.groups(), expansionsOf(call))
}

function expansionsOf(call: Call): Expansions<Group> {
  const link = (name: string) => (group: Group) => linkOf(call, `groups/${group.id}/${name}`)
  return {
    appRoleAssignments: expandRolesOfGroups(call),
    owners: expandOwnersOfGroups(call),
    members: toMany(memberCollection, ({ id }) => membersOf(call, id), link('members')),
    memberOf: toMany(
      groupCollection,
      ({ id }) => call.directory.groupsOf(id, 'direct'),
      link('memberOf'),
    ),
  }
}

/** POST /groups: 201 with the group, and with those in it that `members@odata.bind` names. */
export async function createGroup(call: Call): Promise<Reply> {
  return makeGroup(call)
}

/** The group that was sent, with whom it binds; `named`: in the path it has this unique name. */
async function makeGroup(call: Call, named?: string): Promise<Reply> {
  const sent = await readBody(call, (body) => parseBody(newGroupBody, body))
  const { displayName, description } = sent
  const facts = { description: description || undefined, uniqueName: named ?? sent.uniqueName }
  const group = await call.directory.together(call.change, async (inside, change) => {
    const made = await inside.createGroup(displayName, change, facts)
    await bind(inside, change, made.id, sent)
    return made
  })
  return replyItem(call, groupCollection, group, 201)
}

/** GET /groups/{id} */
export async function getGroup(call: Call): Promise<Reply> {
  return replyItem(call, groupCollection, await findGroup(call), 200, expansionsOf(call))
}

/**
 * PATCH /groups/{id}: 204. Members that it binds come to those that are there; all of them or none, and nothing else then. One
 * that the path names by a unique name is made where it is missing and the caller prefers that: 201.
 */
export async function patchGroup(call: Call): Promise<Reply> {
  const missing = await missingName(call, findGroup)
  if (missing !== undefined) return replyCreated(call, 'groups', await makeGroup(call, missing))
  const sent = await readBody(call, (body) => parseBody(boundGroupBody, body))
  const { id } = await findGroup(call)
  await call.directory.together(call.change, async (inside, change) => {
    await inside.updateGroup(id, change, (now) => mergeGroup(sent, now))
    await bind(inside, change, id, sent)
  })
  return noContent
}

/** Throws a Refusal that names each of those that cannot be bound; inside of a transaction, which it undoes. [G4] */
async function bind(
  inside: Directory,
  change: Change,
  groupId: string,
  sent: Pick<z.output<typeof boundGroupBody>, 'members@odata.bind' | 'owners@odata.bind'>,
): Promise<void> {
  const issues: Issue[] = []
  for (const [name, add] of [
    ['members@odata.bind', (id: string) => inside.addGroupMember(groupId, id, change)],
    ['owners@odata.bind', (id: string) => inside.owners.add('group', groupId, id, change)],
  ] as const) {
    for (const [at, id] of (sent[name] ?? []).entries()) {
      try {
        await add(id)
      } catch (thrown) {
        const { code, status, message } = asFault(thrown)
        if (status >= 500) throw thrown
        issues.push(issueAt(`${name}/${at}`, code, message))
      }
    }
  }
  if (issues.length > 0) throw invalid(issues)
}

/** DELETE /groups/{id} */
export async function deleteGroup(call: Call): Promise<Reply> {
  const { id } = await findGroup(call)
  if (!(await call.directory.deleteGroup(id, call.change))) throw notFound(id)
  return noContent
}

type Kind = 'all' | 'users' | 'groups'

/** GET /groups/{id}/members, or those of one kind. */
export function listMembers(kind: Kind) {
  return async (call: Call): Promise<Reply> => {
    const { id } = await findGroup(call)
    return replyPage(call, memberCollection, (await membersOf(call, id)).filter(isOf(kind)))
  }
}

/** GET /groups/{id}/transitiveMembers: those of the groups inside it, too, each once. */
export function listTransitiveMembers(kind: Kind) {
  return async (call: Call): Promise<Reply> => {
    const { id } = await findGroup(call)
    const within = await call.directory.groupsWithin(id)
    const found = new Map<string, Person | Group>(within.map((group) => [group.id, group]))
    for (const group of [id, ...within.map((each) => each.id)]) {
      for (const person of await call.directory.groupMembers(group)) found.set(person.id, person)
    }
    return replyPage(call, memberCollection, [...found.values()].filter(isOf(kind)))
  }
}

async function membersOf(call: Call, groupId: string): Promise<readonly (Person | Group)[]> {
  const [people, groups] = await Promise.all([
    call.directory.groupMembers(groupId),
    call.directory.memberGroups(groupId),
  ])
  return [...people, ...groups]
}

function isOf(kind: Kind) {
  return (member: Person | Group) =>
    kind === 'all' || 'userPrincipalName' in member === (kind === 'users')
}

/** POST /groups/{id}/members/$ref */
export async function addMember(call: Call): Promise<Reply> {
  const { id } = await findGroup(call)
  const memberId = await readBody(call, (body) =>
    parseReference(body, ['directoryObjects', 'users', 'groups']),
  )
  await call.directory.addGroupMember(id, memberId, call.change)
  return noContent
}

/** DELETE /groups/{id}/members/{member}/$ref */
export async function removeMember(call: Call): Promise<Reply> {
  const { id } = await findGroup(call)
  const member = key(call, 'member')
  if (!(await call.directory.removeGroupMember(id, member, call.change))) throw notFound(member)
  return noContent
}

/** GET /groups/{id}/memberOf and …/transitiveMemberOf */
export function listGroupsOfGroup(reach: Reach) {
  return async (call: Call): Promise<Reply> => {
    const { id } = await findGroup(call)
    const groups = await call.directory.groupsOf(id, reach)
    return replyPage(call, placeCollection, groups.map(asPlace))
  }
}

/** GET /users/{id}/memberOf and …/transitiveMemberOf: groups and directory roles, or those of one kind. */
export function listPlacesOfUser(reach: Reach, kind: 'all' | 'groups' | 'roles') {
  return async (call: Call): Promise<Reply> => {
    const { id } = await findUser(call)
    const places = await placesOf(call, id, reach)
    const wanted = places.filter(
      (place) => kind === 'all' || 'group' in place === (kind === 'groups'),
    )
    return replyPage(call, placeCollection, wanted)
  }
}

/** POST /users/{id}/getMemberGroups: ids of all groups that the person is in, by other groups, too. */
export async function getMemberGroups(call: Call): Promise<Reply> {
  await readBody(call, (body) => parseBody(memberGroupsBody, body))
  return replyIds(call, await groupIdsOf(call))
}

/** POST /users/{id}/checkMemberGroups: those of the groups asked for that the person is in. */
export async function checkMemberGroups(call: Call): Promise<Reply> {
  const { groupIds } = await readBody(call, (body) => parseBody(groupQuestionBody, body))
  const ids = await groupIdsOf(call)
  return replyIds(
    call,
    groupIds.filter((id) => ids.includes(id)),
  )
}

async function groupIdsOf(call: Call): Promise<readonly string[]> {
  const { id } = await findUser(call)
  return (await call.directory.groupsOf(id, 'all')).map((group) => group.id)
}

function replyIds({ metadataUrl }: Call, value: readonly string[]): Reply {
  const context = `${metadataUrl}#Collection(Edm.String)`
  return { status: 200, body: { '@odata.context': context, value } }
}

/** The group that the path names by its id or as `(uniqueName='…')`; throws 404. */
export async function findGroup(call: Call): Promise<Group> {
  const id = key(call, 'group')
  const name = /^\(uniquename=(.+)\)$/s.exec(id)?.[1]
  const isIt = (each: Group) =>
    name === undefined ? each.id === id : foldName(each.uniqueName ?? '') === foldName(name)
  const group = (await call.directory.groups()).find(isIt)
  if (!group) throw notFound(name ?? id)
  return group
}
