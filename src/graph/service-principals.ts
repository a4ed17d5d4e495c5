import type { Assignment } from '../directory/directory.ts'
import type { Person } from '../identity/person.ts'
import type { Application } from '../publishing/application.ts'
import { changeApplication } from './applications.ts'
import {
  accept,
  type Call,
  key,
  noContent,
  type Reply,
  readBody,
  replyItem,
  replyPage,
} from './call.ts'
import { findUser } from './people.ts'
import { invalid, notFound } from './refusal.ts'
import { servicePrincipalBody, servicePrincipalCollection } from './shape/application.ts'
import {
  assignmentBody,
  assignmentCollection,
  type NamedAssignment,
  offersRole,
} from './shape/assignment.ts'
import { issueAt, parseBody } from './shape/body.ts'
import { managementApi, managementApiCollection } from './shape/permission.ts'

/** GET /servicePrincipals */
export async function listServicePrincipals(call: Call): Promise<Reply> {
  // It is in no list, and there for whoever asks for it by its id.
  if (call.query.filter?.toLowerCase().includes(managementApi.appId)) {
    return replyPage(call, managementApiCollection, [managementApi])
  }
  return replyPage(call, servicePrincipalCollection, await call.directory.applications())
}

/** GET /servicePrincipals/{id} */
export async function getServicePrincipal(call: Call): Promise<Reply> {
  const wanted = key(call, 'principal')
  if (wanted === managementApi.id || wanted === `(appid=${managementApi.appId})`) {
    return replyItem(call, managementApiCollection, managementApi)
  }
  return replyItem(call, servicePrincipalCollection, await findByPrincipal(call))
}

/** PATCH /servicePrincipals/{id}: 204. */
export async function patchServicePrincipal(call: Call): Promise<Reply> {
  const sent = await readBody(call, (body) => parseBody(servicePrincipalBody, body))
  const { id } = await findByPrincipal(call)
  await changeApplication(call, id, (current) => ({
    application: {
      value: {
        ...current,
        assignmentRequired: sent.appRoleAssignmentRequired ?? current.assignmentRequired,
        tags: sent.tags ?? current.tags,
        registration: {
          ...current.registration,
          enabled: sent.accountEnabled ?? current.registration.enabled,
        },
      },
    },
  }))
  return noContent
}

/** GET /servicePrincipals/{id}/appRoleAssignedTo */
export async function listAssignments(call: Call): Promise<Reply> {
  const application = await findByPrincipal(call)
  const assignments = await call.directory.assignments(application.id)
  const names = await readNames(call)
  const named = assignments.map((assignment) => names(application, assignment))
  return replyPage(call, assignmentCollection(call.version), named)
}

/** POST /servicePrincipals/{id}/appRoleAssignedTo: 201 with the assignment. [S8] */
export async function createAssignment(call: Call): Promise<Reply> {
  const sent = await readBody(call, (body) => parseBody(assignmentBody, body))
  const application = await findByPrincipal(call)
  if (sent.resourceId !== application.servicePrincipalId) {
    const message = 'must be the service principal of the path'
    throw invalid([issueAt('resourceId', 'other-resource', message)])
  }
  return createAssignmentAt(call, application, sent)
}

/** One more role of somebody at this application: 201. */
export async function createAssignmentAt(
  call: Call,
  application: Application,
  sent: { readonly principalId: string; readonly appRoleId: string },
): Promise<Reply> {
  const refuseRole = () => {
    const message = 'Permission being assigned was not found on application'
    throw invalid([issueAt('appRoleId', 'custom', message)])
  }
  const types = ['User', 'ServicePrincipal'] as const
  if (!types.some((type) => offersRole(application, sent.appRoleId, type))) refuseRole()
  const wanted = {
    applicationId: application.id,
    principalId: sent.principalId,
    principalType: await typeOfPrincipal(call, sent.principalId),
    appRoleId: sent.appRoleId,
  }
  if (!offersRole(application, sent.appRoleId, wanted.principalType)) refuseRole()
  const assignment = accept(await call.directory.assign(wanted, call.change))
  const named = (await readNames(call))(application, assignment)
  return replyItem(call, assignmentCollection(call.version), named, 201)
}

async function typeOfPrincipal(call: Call, id: string): Promise<Assignment['principalType']> {
  if (await call.directory.people.byId(id)) return 'User'
  const applications = await call.directory.applications()
  if (applications.some((each) => each.servicePrincipalId === id)) return 'ServicePrincipal'
  const groups = await call.directory.groups()
  if (!groups.some((group) => group.id === id)) throw notFound(id)
  return 'Group'
}

/** DELETE /servicePrincipals/{id}/appRoleAssignedTo/{assignment} */
export async function deleteAssignment(call: Call): Promise<Reply> {
  const application = await findByPrincipal(call)
  const id = key(call, 'assignment')
  const assignments = await call.directory.assignments(application.id)
  const isOfThis = assignments.some((assignment) => assignment.id === id)
  if (!isOfThis || !(await call.directory.removeAssignment(id, call.change))) throw notFound(id)
  return noContent
}

/** GET /users/{id}/appRoleAssignments: a person's own, and those of the groups the person is in. */
export async function listAssignmentsOfUser(call: Call): Promise<Reply> {
  const person = await findUser(call)
  const names = await readNames(call)
  const found: NamedAssignment[] = []
  for (const application of await applicationsOf(call, person)) {
    for (const assignment of await call.directory.assignments(application.id)) {
      if (await isMeant(call, assignment, person.id)) found.push(names(application, assignment))
    }
  }
  return replyPage(call, assignmentCollection(call.version), found)
}

// What the edge decides from narrows thousands of applications to a few; it does not know disabled people.
async function applicationsOf(call: Call, person: Person): Promise<readonly Application[]> {
  if (!person.enabled) return call.directory.applications()
  const { applications, access } = await call.directory.state()
  return applications.filter(({ id }) => access.assigned.get(id)?.has(person.id))
}

async function isMeant(call: Call, assignment: Assignment, personId: string): Promise<boolean> {
  if (assignment.principalType !== 'Group') return assignment.principalId === personId
  const members = await call.directory.groupMembers(assignment.principalId)
  return members.some((member) => member.id === personId)
}

type NameAssignment = (application: Application, assignment: Assignment) => NamedAssignment

async function readNames(call: Call): Promise<NameAssignment> {
  const { directory } = call
  const [people, groups] = await Promise.all([directory.listPeople(), directory.groups()])
  const clients = (await directory.applications()).map(({ servicePrincipalId, displayName }) => {
    return { id: servicePrincipalId, displayName }
  })
  const named = [...people, ...groups, ...clients]
  const names = new Map(named.map(({ id, displayName }) => [id, displayName]))
  return (application, assignment) => ({
    application,
    assignment,
    principalName: names.get(assignment.principalId),
  })
}

/** The application whose service principal the path names, by id or as `(appId='…')`; throws 404. */
export async function findByPrincipal(call: Call): Promise<Application> {
  const id = key(call, 'principal')
  const appId = /^\(appid=(.+)\)$/.exec(id)?.[1]
  const applications = await call.directory.applications()
  const application = applications.find((each) =>
    appId === undefined ? each.servicePrincipalId === id : each.appId === appId,
  )
  if (!application) throw notFound(appId ?? id)
  return application
}
