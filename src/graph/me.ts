import { ofUser } from './assignments.ts'
import { type Call, type Reply, replyItem } from './call.ts'
import { Refusal } from './refusal.ts'
import { userCollection } from './shape/person.ts'

/** GET /me: the person in whose name the call is made, with what they may do here now. */
export async function getMe(call: Call): Promise<Reply> {
  const person = await findMe(call)
  const { status, body, headers } = await replyItem(call, userCollection, person)
  return { status, body: { ...body, permissions: call.caller.roles }, ...(headers && { headers }) }
}

/** GET /me/appRoleAssignments: what the person is assigned to, also through groups. */
export async function listMyAssignments(call: Call): Promise<Reply> {
  const { id } = await findMe(call)
  return ofUser.list({ ...call, keys: { ...call.keys, user: id } })
}

/** GET /me/appRoleAssignments/{assignment} */
export async function getMyAssignment(call: Call): Promise<Reply> {
  const { id } = await findMe(call)
  return ofUser.get({ ...call, keys: { ...call.keys, user: id } })
}

/** The person in whose name the call is made; throws 400, as the original does, when there is nobody behind it. */
async function findMe(call: Call) {
  const { personId } = call.caller
  const person = personId === undefined ? undefined : await call.directory.people.byId(personId)
  if (person) return person
  const message = '/me request is only valid with delegated authentication flow.'
  throw new Refusal(400, 'BadRequest', message)
}
