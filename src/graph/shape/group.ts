import { z } from 'zod'
import type { Group } from '../../directory/directory.ts'
import type { Person } from '../../identity/person.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { group, member } from '../resource/people.ts'
import { guid, nameOf, readOnly, uniqueNameBody } from './body.ts'
import { toGraphUser } from './person.ts'
import { referenceIn } from './reference.ts'

/** A group of people in Graph's shape. */
export function toGraphGroup(group: Group) {
  return {
    id: group.id,
    displayName: group.displayName,
    description: group.description ?? null,
    uniqueName: group.uniqueName ?? null,
    groupTypes: [],
    mailEnabled: false,
    securityEnabled: true,
  }
}

export const groupCollection: Collection<Group> = {
  context: 'groups',
  properties: propertiesOf(group),
  onlySelected: ['uniqueName'],
  fields: {
    displayName: (group) => group.displayName,
    uniqueName: (group) => group.uniqueName,
    id: (group) => group.id,
    description: (group) => group.description,
    securityEnabled: () => true,
    mailEnabled: () => false,
  },
  searched: ['displayName', 'description'],
  write: toGraphGroup,
}

const isPerson = (member: Person | Group): member is Person => 'userPrincipalName' in member

/** Members of groups are directory objects of whatever kind, so each says its type. */
export const memberCollection: Collection<Person | Group> = {
  context: 'directoryObjects',
  properties: propertiesOf(member),
  fields: {
    id: (member) => member.id,
    displayName: (member) => member.displayName,
    userPrincipalName: (member) => (isPerson(member) ? member.userPrincipalName : undefined),
    mail: (member) => (isPerson(member) ? member.mail : undefined),
    accountEnabled: (member) => (isPerson(member) ? member.enabled : undefined),
  },
  write: (member) =>
    isPerson(member)
      ? { '@odata.type': '#microsoft.graph.user', ...toGraphUser(member) }
      : { '@odata.type': '#microsoft.graph.group', ...toGraphGroup(member) },
}

const maxNameLength = 256
const maxDescriptionLength = 1024
// As many as the original takes in one request.
const maxBound = 20

const members = z.array(referenceIn(['directoryObjects', 'users', 'groups'])).max(maxBound)

const owners = z
  .array(referenceIn(['directoryObjects', 'users', 'servicePrincipals']))
  .max(maxBound)
  .optional()

const facts = {
  description: z.string().max(maxDescriptionLength).nullish(),
  mailEnabled: z.literal(false, 'must be false: there are no mailboxes here').optional(),
  securityEnabled: z.literal(true, 'must be true').optional(),
  groupTypes: z.array(z.never()).max(0, 'must be empty').optional(),
  mailNickname: readOnly,
}

/** What `POST /groups` takes: security groups with direct members. */
export const newGroupBody = z.strictObject({
  displayName: nameOf(maxNameLength),
  uniqueName: uniqueNameBody,
  ...facts,
  'members@odata.bind': members.optional(),
  'owners@odata.bind': owners,
})

/** What is said of a group that is there. */
export const groupBody = z.strictObject({
  displayName: nameOf(maxNameLength).optional(),
  ...facts,
  id: readOnly,
  uniqueName: readOnly,
})

/** What `PATCH /groups/{id}` takes: members and owners besides, who come to those that are there. */
export const boundGroupBody = groupBody.extend({
  'members@odata.bind': members.optional(),
  'owners@odata.bind': owners,
})

/** The group with what was sent. */
export function mergeGroup(sent: z.output<typeof groupBody>, current: Group): Group {
  const { displayName = current.displayName, description = current.description } = sent
  return { ...current, displayName, description: description || undefined }
}

// As in the original.
const maxAsked = 20

/** What `getMemberGroups` takes. */
export const memberGroupsBody = z.strictObject({ securityEnabledOnly: z.boolean().optional() })

/** What `checkMemberGroups` takes. */
export const groupQuestionBody = memberGroupsBody.extend({ groupIds: z.array(guid).max(maxAsked) })
