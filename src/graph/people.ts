import type { Person } from '../identity/person.ts'
import { expandRolesOfPeople } from './assigned.ts'
import { type Call, key, linkOf, noContent, type Reply, replyItem, replyPage } from './call.ts'
import { type Expansions, toMany } from './expand.ts'
import { readJson } from './json.ts'
import { placesOf } from './places.ts'
import { forbidden, notFound } from './refusal.ts'
import { issueAt, type Reading, readBodyParts, readNewParts } from './shape/body.ts'
import {
  identifiedUserCollection,
  mergePerson,
  newUserBody,
  type UserBody,
  userBody,
  userCollection,
} from './shape/person.ts'
import { placeCollection } from './shape/place.ts'
import { changeBy } from './trial.ts'

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
  const reading = readNewParts(newUserBody, userBody, await readJson(call.request))
  const created = await changeBy(call, reading, (sent, change) => {
    const { userPrincipalName = '', displayName = '', mail, accountEnabled: enabled = true } = sent
    const person = { userPrincipalName, displayName, mail: mail || undefined, enabled }
    const { password, ...then } = sent.passwordProfile ?? {}
    return call.directory.createPerson(person, password, change, mustChange(then))
  })
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
  const reading = aloneOrNot(readBodyParts(userBody, await readJson(call.request)))
  const { id } = await findUserToChange(call)
  const { passwordProfile } = reading.value ?? {}
  if (reading.issues.length === 0 && passwordProfile) {
    const { password, ...then } = passwordProfile
    await call.directory.setPassword(id, password, call.change, mustChange(then))
    // Whoever was in by the old one is not any more.
    if (password !== undefined) await call.directory.revokeSignIns(id, call.change)
    return noContent
  }
  await changeBy(call, reading, (sent, change) =>
    call.directory.updatePerson(id, change, (current) => ({ value: mergePerson(sent, current) })),
  )
  return noContent
}

function aloneOrNot(reading: Reading<UserBody>): Reading<UserBody> {
  const { passwordProfile, mailNickname: _, id: _id, ...facts } = reading.value ?? {}
  const hasFacts = Object.values(facts).some((value) => value !== undefined)
  if (!passwordProfile || !hasFacts) return reading
  const alone = issueAt('passwordProfile', 'not-alone', 'must be changed in a request of its own')
  return { ...reading, issues: [...reading.issues, alone] }
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
