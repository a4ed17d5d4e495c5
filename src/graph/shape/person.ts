import { z } from 'zod'
import { checkPassword } from '../../identity/local/password.ts'
import {
  type Person,
  type PersonIdentities,
  principalNameMaxLength,
  principalNamePattern,
} from '../../identity/person.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { user } from '../resource/people.ts'
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
  properties: propertiesOf(user),
  fields: {
    id: (person) => person.id,
    userPrincipalName: (person) => person.userPrincipalName,
    displayName: (person) => person.displayName,
    mail: (person) => person.mail,
    accountEnabled: (person) => person.enabled,
  },
  searched: ['displayName', 'mail', 'userPrincipalName'],
  write: toGraphUser,
}

/** The same with who vouches for the person: whoever has a password is known to the embedded provider. */
export function identifiedUserCollection(identities: PersonIdentities): Collection<Person> {
  return {
    ...userCollection,
    properties: [...userCollection.properties, 'identities'],
    write: (person) => ({
      ...toGraphUser(person),
      identities: writeIdentities(person, identities),
    }),
  }
}

function writeIdentities({ userPrincipalName }: Person, { isLocal, federated }: PersonIdentities) {
  const issuer = userPrincipalName.slice(userPrincipalName.indexOf('@') + 1)
  const local = { signInType: 'userPrincipalName', issuer, issuerAssignedId: userPrincipalName }
  return [
    ...(isLocal ? [local] : []),
    ...federated.map(({ issuer, subject }) => {
      return { signInType: 'federated', issuer, issuerAssignedId: subject }
    }),
  ]
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

export type UserBody = z.output<typeof userBody>

/** The person with what was sent. */
export function mergePerson(sent: UserBody, current: Person): Person {
  return {
    ...current,
    userPrincipalName: sent.userPrincipalName ?? current.userPrincipalName,
    displayName: sent.displayName ?? current.displayName,
    mail: sent.mail === undefined ? current.mail : sent.mail || undefined,
    enabled: sent.accountEnabled ?? current.enabled,
  }
}
