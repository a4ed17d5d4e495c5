import { z } from 'zod'
import type { Group } from '../../directory/directory.ts'
import { checkPassword } from '../../identity/local/password.ts'
import { type Person, principalNameMaxLength, principalNamePattern } from '../../identity/person.ts'
import type { Collection } from '../collection.ts'
import { nameOf, readOnly, withDefault } from './body.ts'

/** A person in Graph's shape. */
export function toGraphUser(person: Person) {
  return {
    id: person.id,
    userPrincipalName: person.userPrincipalName,
    displayName: person.displayName,
    mail: person.mail ?? null,
    accountEnabled: person.enabled,
  }
}

export const userCollection: Collection<Person> = {
  context: 'users',
  properties: ['id', 'userPrincipalName', 'displayName', 'mail', 'accountEnabled'],
  fields: {
    id: (person) => person.id,
    userPrincipalName: (person) => person.userPrincipalName,
    displayName: (person) => person.displayName,
    mail: (person) => person.mail,
    accountEnabled: (person) => person.enabled,
  },
  write: toGraphUser,
}

/** A group of people in Graph's shape. */
export function toGraphGroup(group: Group) {
  return {
    id: group.id,
    displayName: group.displayName,
    groupTypes: [],
    mailEnabled: false,
    securityEnabled: true,
  }
}

export const groupCollection: Collection<Group> = {
  context: 'groups',
  properties: ['id', 'displayName', 'groupTypes', 'mailEnabled', 'securityEnabled'],
  fields: { id: (group) => group.id, displayName: (group) => group.displayName },
  write: toGraphGroup,
}

const isPerson = (member: Person | Group): member is Person => 'userPrincipalName' in member

/** Members of groups are directory objects of whatever kind, so each says its type. */
export const memberCollection: Collection<Person | Group> = {
  context: 'directoryObjects',
  properties: userCollection.properties,
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

const principalName = z
  .string()
  .max(principalNameMaxLength)
  .regex(principalNamePattern, 'must be like user@domain')

const mail = withDefault(
  z
    .string()
    .max(320)
    .regex(/^(?:[^\s@]+@[^\s@]+)?$/, 'must be a mail address'),
  '',
)

const password = z.string().superRefine((text, context) => {
  for (const { message } of checkPassword(text)) context.addIssue({ code: 'custom', message })
})

const passwordProfile = z.strictObject({
  password,
  forceChangePasswordNextSignIn: z.boolean().optional(),
  forceChangePasswordNextSignInWithMfa: z.boolean().optional(),
})

/** What `POST /users` takes. */
export const newUserBody = z.strictObject({
  userPrincipalName: principalName,
  displayName: nameOf(maxNameLength),
  mail,
  accountEnabled: z.boolean().default(true),
  passwordProfile,
  // The original wants one for the mailbox; there are no mailboxes here.
  mailNickname: readOnly,
})

/** What `PATCH /users/{id}` takes. */
export const userBody = z.strictObject({
  userPrincipalName: principalName.optional(),
  displayName: nameOf(maxNameLength).optional(),
  mail,
  accountEnabled: z.boolean().optional(),
  // Without a password it only says whether the one that is there has to be changed.
  passwordProfile: passwordProfile.partial().optional(),
  mailNickname: readOnly,
  id: readOnly,
})

/** The person with what was sent. */
export function mergePerson(sent: z.output<typeof userBody>, current: Person): Person {
  return {
    ...current,
    userPrincipalName: sent.userPrincipalName ?? current.userPrincipalName,
    displayName: sent.displayName ?? current.displayName,
    mail: sent.mail === undefined ? current.mail : sent.mail || undefined,
    enabled: sent.accountEnabled ?? current.enabled,
  }
}

/** What `POST /groups` takes: security groups with direct members. */
export const newGroupBody = z.strictObject({
  displayName: nameOf(maxNameLength),
  mailEnabled: z.literal(false, 'must be false: there are no mailboxes here').optional(),
  securityEnabled: z.literal(true, 'must be true').optional(),
  groupTypes: z.array(z.never()).max(0, 'must be empty').optional(),
  mailNickname: readOnly,
})
