import { ofUser } from './assignments.ts'
import { type Call, type Handler, type Reply, replyItem } from './call.ts'
import { listPlacesOfUser } from './groups.ts'
import { listPossessionsOfUser } from './owners.ts'
import { memberOf } from './people.ts'
import { Refusal } from './refusal.ts'
import { userCollection } from './shape/person.ts'

/** GET /me: the person in whose name the call is made, with what they may do here now. */
export async function getMe(call: Call): Promise<Reply> {
  const person = await findMe(call)
  const answered = await replyItem(call, userCollection, person, 200, memberOf(call))
  const { status, body, headers } = answered
  return { status, body: { ...body, permissions: call.caller.roles }, ...(headers && { headers }) }
}

/** GET /me/appRoleAssignments[/{assignment}]: what the person is assigned to, also through groups. */
export const listMyAssignments = forMe(ofUser.list)
export const getMyAssignment = forMe(ofUser.get)

/** GET /me/memberOf and …/transitiveMemberOf */
export const listMyPlaces = forMe(listPlacesOfUser('direct', 'all'))
export const listAllMyPlaces = forMe(listPlacesOfUser('all', 'all'))

/** GET /me/ownedObjects, or those of one kind. */
export function listMyPossessions(kind: Parameters<typeof listPossessionsOfUser>[0]): Handler {
  return forMe(listPossessionsOfUser(kind))
}

/** What `/users/{id}/…` answers, for whoever asks about themselves. */
function forMe(handler: Handler): Handler {
  return async (call) => {
    const { id } = await findMe(call)
    return handler({ ...call, keys: { ...call.keys, user: id } })
  }
}

/** The person in whose name the call is made; throws 400, as the original does, when there is nobody behind it. */
async function findMe(call: Call) {
  const { personId } = call.caller
  const person = personId === undefined ? undefined : await call.directory.people.byId(personId)
  if (person) return person
  const message = '/me request is only valid with delegated authentication flow.'
  throw new Refusal(400, 'BadRequest', message)
}
