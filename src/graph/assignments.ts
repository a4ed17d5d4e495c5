import type { z } from 'zod'
import type { Issue } from '../base/check.ts'
import type { Assignment } from '../directory/directory.ts'
import type { Application } from '../publishing/application.ts'
import { findByPrincipal } from './applications.ts'
import { assignmentsOfGroup, assignmentsOfPerson, readNames } from './assigned.ts'
import {
  accept,
  type Call,
  type Handler,
  key,
  noContent,
  type Reply,
  replyItem,
  replyPage,
} from './call.ts'
import { findGroup } from './groups.ts'
import { readJson } from './json.ts'
import { findUser } from './people.ts'
import { invalid, notFound } from './refusal.ts'
import {
  assignmentBody,
  assignmentCollection,
  type NamedAssignment,
  offersRole,
} from './shape/assignment.ts'
import { issueAt, readNewParts, withMeaning } from './shape/body.ts'

/** GET /servicePrincipals/{id}/appRoleAssignedTo */
export async function listAssignments(call: Call): Promise<Reply> {
  const application = await findByPrincipal(call)
  const assignments = await call.directory.assignments(application.id)
  const names = await readNames(call)
  const named = assignments.map((assignment) => names(application, assignment))
  return replyPage(call, assignmentCollection(call.version), named)
}

/** GET /servicePrincipals/{id}/appRoleAssignedTo/{assignment} */
export async function getAssignment(call: Call): Promise<Reply> {
  const application = await findByPrincipal(call)
  const id = key(call, 'assignment')
  const found = (await call.directory.assignments(application.id)).find((each) => each.id === id)
  const item = found && (await readNames(call))(application, found)
  return replyItem(call, assignmentCollection(call.version), item)
}

/** POST /servicePrincipals/{id}/appRoleAssignedTo: 201 with the assignment. [S8] */
export async function createAssignment(call: Call): Promise<Reply> {
  const application = await findByPrincipal(call)
  const { servicePrincipalId: resourceId } = application
  const sent = await readAssignment(call, { resourceId }, async () => application)
  return createAssignmentAt(call, application, sent)
}

type AssignmentBody = z.output<typeof assignmentBody>

/**
 * The body of an assignment; `fixed` is what the path says of it, `find` gives the resource. Throws a Refusal that names everything
 * wrong, and 404 where that is only a resource that is not there. [G4]
 */
export async function readAssignment(
  call: Call,
  fixed: Partial<Pick<AssignmentBody, 'principalId' | 'resourceId'>>,
  find: (resourceId: string) => Promise<Application | RoleOffer | undefined>,
): Promise<AssignmentBody> {
  const body = await readJson(call.request)
  const reading = readNewParts(assignmentBody, assignmentBody.partial(), body)
  const { principalId, resourceId, appRoleId } = reading.value ?? {}
  const others: Issue[] = []
  if (fixed.principalId && principalId && principalId !== fixed.principalId) {
    others.push(issueAt('principalId', 'other-principal', 'must be the one of the path'))
  }
  if (fixed.resourceId && resourceId && resourceId !== fixed.resourceId) {
    const message = 'must be the service principal of the path'
    others.push(issueAt('resourceId', 'other-resource', message))
  }
  const wanted = fixed.resourceId ?? resourceId
  const resource = wanted === undefined ? undefined : await find(wanted)
  if (resource && appRoleId && !offersAnybody(resource, appRoleId)) others.push(unknownRole)
  const issues = withMeaning(reading.issues, others)
  if (wanted !== undefined && !resource) {
    if (issues.length === 0) throw notFound(wanted)
    const message = `there is no service principal ${wanted}`
    throw invalid([...issues, issueAt('resourceId', 'unknown-resource', message)])
  }
  if (issues.length > 0) throw invalid(issues)
  return assignmentBody.parse(body)
}

/** Roles that are of no application in the directory. */
export interface RoleOffer {
  readonly offers: (roleId: string) => boolean
}

const unknownRole = issueAt(
  ...(['appRoleId', 'custom', 'Permission being assigned was not found on application'] as const),
)

function offersAnybody(resource: Application | RoleOffer, roleId: string): boolean {
  if ('offers' in resource) return resource.offers(roleId)
  return (['User', 'ServicePrincipal'] as const).some((type) => offersRole(resource, roleId, type))
}

/** One more role of somebody at this application: 201. */
export async function createAssignmentAt(
  call: Call,
  application: Application,
  sent: { readonly principalId: string; readonly appRoleId: string },
): Promise<Reply> {
  if (!offersAnybody(application, sent.appRoleId)) throw invalid([unknownRole])
  const wanted = {
    applicationId: application.id,
    principalId: sent.principalId,
    principalType: await typeOfPrincipal(call, sent.principalId),
    appRoleId: sent.appRoleId,
  }
  if (!offersRole(application, sent.appRoleId, wanted.principalType)) throw invalid([unknownRole])
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

/** What is done with the assignments of somebody that a path names. */
interface AssignmentsOf {
  readonly list: Handler
  readonly get: Handler
  readonly create: Handler
  readonly remove: Handler
}

/** `/users/{id}/appRoleAssignments`: of a person; those that come by a group are shown, and changed at the group. */
export const ofUser: AssignmentsOf = assignmentsOf(findUser, assignmentsOfPerson)

/** `/groups/{id}/appRoleAssignments` */
export const ofGroup: AssignmentsOf = assignmentsOf(findGroup, assignmentsOfGroup)

function assignmentsOf<Holder extends { readonly id: string }>(
  find: (call: Call) => Promise<Holder>,
  readOf: (call: Call, holder: Holder) => Promise<readonly NamedAssignment[]>,
): AssignmentsOf {
  const read = async (call: Call) => readOf(call, await find(call))
  return {
    list: async (call) => replyPage(call, assignmentCollection(call.version), await read(call)),
    get: async (call) =>
      replyItem(call, assignmentCollection(call.version), named(await read(call), call)),
    create: async (call) => createFor(call, (await find(call)).id),
    async remove(call) {
      const { id } = await find(call)
      const found = named(await read(call), call)
      const isOwn = found?.assignment.principalId === id
      const assignmentId = key(call, 'assignment')
      if (!isOwn || !(await call.directory.removeAssignment(assignmentId, call.change))) {
        throw notFound(assignmentId)
      }
      return noContent
    },
  }
}

function named(all: readonly NamedAssignment[], call: Call): NamedAssignment | undefined {
  return all.find(({ assignment }) => assignment.id === key(call, 'assignment'))
}

async function createFor(call: Call, principalId: string): Promise<Reply> {
  const applications = await call.directory.applications()
  const find = (id: string) => applications.find((each) => each.servicePrincipalId === id)
  const sent = await readAssignment(call, { principalId }, async (id) => find(id))
  const resource = find(sent.resourceId)
  if (!resource) throw notFound(sent.resourceId)
  return createAssignmentAt(call, resource, sent)
}
