import { z } from 'zod'
import type { Assignment } from '../../directory/directory.ts'
import type { Application } from '../../publishing/application.ts'
import type { Collection } from '../collection.ts'
import { appRoles } from './application.ts'
import { guid } from './body.ts'

/** An assignment with the names that Graph shows beside the ids. */
export interface NamedAssignment {
  readonly assignment: Assignment
  readonly application: Pick<Application, 'displayName' | 'servicePrincipalId'>
  readonly principalName: string | undefined
}

/** An assignment in Graph's shape; the versions differ in one name. */
export function toGraphAssignment({ assignment, application, principalName }: NamedAssignment) {
  const created = new Date(assignment.createdAt).toISOString()
  return {
    id: assignment.id,
    appRoleId: assignment.appRoleId,
    creationTimestamp: created,
    createdDateTime: created,
    principalDisplayName: principalName ?? null,
    principalId: assignment.principalId,
    principalType: assignment.principalType,
    resourceDisplayName: application.displayName,
    resourceId: application.servicePrincipalId,
  }
}

/** Assignments as `version` shows them. */
export function assignmentCollection(version: 'beta' | 'v1.0'): Collection<NamedAssignment> {
  return {
    context: 'appRoleAssignments',
    properties: [
      ...['id', 'appRoleId', version === 'beta' ? 'creationTimestamp' : 'createdDateTime'],
      ...['principalDisplayName', 'principalId', 'principalType', 'resourceDisplayName'],
      'resourceId',
    ],
    fields: {
      id: ({ assignment }) => assignment.id,
      principalId: ({ assignment }) => assignment.principalId,
      principalType: ({ assignment }) => assignment.principalType,
      principalDisplayName: ({ principalName }) => principalName,
      resourceId: ({ application }) => application.servicePrincipalId,
    },
    write: toGraphAssignment,
  }
}

/** What `POST …/appRoleAssignedTo` takes. */
export const assignmentBody = z.strictObject({
  principalId: guid,
  resourceId: guid,
  appRoleId: guid,
  principalType: z.enum(['User', 'Group', 'ServicePrincipal']).optional(),
})

/** Whether a role of the application can be given to such a principal; the empty role cannot, as in the original. */
export function offersRole(
  application: Application,
  roleId: string,
  principalType: Assignment['principalType'],
): boolean {
  const member = principalType === 'ServicePrincipal' ? 'Application' : 'User'
  const own = application.registration.appRoles.find((role) => role.id === roleId)
  if (own) return own.enabled && own.allowedMembers.includes(member)
  return member === 'User' && appRoles.some((role) => role.id === roleId)
}
