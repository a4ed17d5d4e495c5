import type { Person } from '../identity/person.ts'
import { expandRolesOfPeople } from './assigned.ts'
import {
  accept,
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
import { placesOf } from './places.ts'
import { forbidden, invalid, notFound } from './refusal.ts'
import { issueAt, parseBody } from './shape/body.ts'
import {
  identifiedUserCollection,
  mergePerson,
  newUserBody,
  userBody,
  userCollection,
} from './shape/person.ts'
import { placeCollection } from './shape/place.ts'

/** GET /users */
export async function listUsers(call: Call): Promise<Reply> {
  return replyPage(call, userCollection, await call.directory.listPeople(), expansionsOf(call))
}

function expansionsOf(call: Call): Expansions<Person> {
  return { ...memberOf(call), appRoleAssignments: expandRolesOfPeople(call) }
}

/** The groups and roles of a person in an `$expand`. */
export function memberOf(call: Call): Expansions<Person> {
  return {
    memberOf: toMany(
      placeCollection,
      ({ id }) => placesOf(call, id, 'direct'),
      ({ id }) => linkOf(call, `users/${id}/memberOf`),
    ),
  }
}

/** POST /users: 201 with the person; the password is hashed at once and never comes back. */
export async function createUser(call: Call): Promise<Reply> {
  const sent = await readBody(call, (body) => parseBody(newUserBody, body))
  const person = {
    userPrincipalName: sent.userPrincipalName,
    displayName: sent.displayName,
    mail: sent.mail || undefined,
    enabled: sent.accountEnabled,
  }
  const { password, ...then } = sent.passwordProfile
  const made = await call.directory.createPerson(person, password, call.change, mustChange(then))
  const created = accept(made)
  return replyItem(call, userCollection, created, 201)
}

/** GET /users/{id or userPrincipalName}; `identities`, who vouches for them, come by `$select`, as in the original. [S11] */
export async function getUser(call: Call): Promise<Reply> {
  const person = await findUser(call)
  const isAsked = call.query.select?.split(',').some((name) => name.trim() === 'identities')
  const collection = isAsked
    ? identifiedUserCollection(await call.directory.people.identitiesOf(person.id))
    : userCollection
  return replyItem(call, collection, person, 200, expansionsOf(call))
}

/** PATCH /users/{id}: 204. A password is changed in a request of its own, so that each request is one change. */
export async function patchUser(call: Call): Promise<Reply> {
  const sent = await readBody(call, (body) => parseBody(userBody, body))
  const { id } = await findUserToChange(call)
  const { passwordProfile, mailNickname: _, id: _id, ...facts } = sent
  const hasFacts = Object.values(facts).some((value) => value !== undefined)
  if (passwordProfile && hasFacts) {
    const message = 'must be changed in a request of its own'
    throw invalid([issueAt('passwordProfile', 'not-alone', message)])
  }
  if (passwordProfile) {
    const { password, ...then } = passwordProfile
    await call.directory.setPassword(id, password, call.change, mustChange(then))
    // Whoever was in by the old one is not any more.
    if (password !== undefined) await call.directory.revokeSignIns(id, call.change)
  } else if (hasFacts) {
    const edit = (current: Person) => ({ value: mergePerson(sent, current) })
    accept(await call.directory.updatePerson(id, call.change, edit))
  }
  return noContent
}

// With or without a second factor: whoever has one is asked for it before.
function mustChange(profile: {
  readonly forceChangePasswordNextSignIn?: boolean | undefined
  readonly forceChangePasswordNextSignInWithMfa?: boolean | undefined
}): boolean {
  return (
    profile.forceChangePasswordNextSignIn === true ||
    profile.forceChangePasswordNextSignInWithMfa === true
  )
}

/** DELETE /users/{id} */
export async function deleteUser(call: Call): Promise<Reply> {
  const { id } = await findUserToChange(call)
  if (!(await call.directory.deletePerson(id, call.change))) throw notFound(id)
  return noContent
}

/** POST /users/{id}/revokeSignInSessions signs the person out everywhere, at the embedded provider too. [S9] */
export async function revokeSessions(call: Call): Promise<Reply> {
  const { id } = await findUserToChange(call)
  await call.directory.revokeSignIns(id, call.change)
  return {
    status: 200,
    body: { '@odata.context': `${call.metadataUrl}#Edm.Boolean`, value: true },
  }
}

/** The person that the path names by id or userPrincipalName; throws 404. */
export async function findUser(call: Call): Promise<Person> {
  const name = key(call, 'user')
  const { people } = call.directory
  const person = name.includes('@')
    ? await people.byUserPrincipalName(name)
    : await people.byId(name)
  if (!person) throw notFound(name)
  return person
}

/**
 * The same for a change. Whoever has a role is changed only by who may give roles: else somebody could make an administrator's
 * password their own. Throws 403.
 */
export async function findUserToChange(call: Call): Promise<Person> {
  const person = await findUser(call)
  if (call.mayGrant) return person
  if ((await call.directory.rolesOf(person.id)).length > 0) throw forbidden()
  return person
}
