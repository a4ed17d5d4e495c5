import * as assigned from '../assignments.ts'
import * as permissions from '../client-permissions.ts'
import * as resource from '../resource/applications.ts'
import {
  apps,
  assignments,
  directory,
  get,
  item,
  list,
  owned,
  patch,
  post,
  principal,
  type Route,
  remove,
} from '../route.ts'
import * as principals from '../service-principals.ts'
import { newServicePrincipalBody, servicePrincipalBody } from '../shape/application.ts'
import { assignmentBody } from '../shape/assignment.ts'

/** Service principals: who may enter, and what programs may do. */
export const principalRoutes: readonly Route[] = [
  get(
    '/servicePrincipals',
    principals.listServicePrincipals,
    { ...apps, ...list, ...owned },
    resource.anyPrincipal,
  ),
  get(
    principal,
    principals.getServicePrincipal,
    { ...apps, ...item, ...owned },
    resource.anyPrincipal,
  ),
  patch(principal, principals.patchServicePrincipal, { ...apps, ...owned }, servicePrincipalBody),
  post('/servicePrincipals', principals.createServicePrincipal, apps, {
    body: newServicePrincipalBody,
    answer: resource.servicePrincipal,
  }),
  remove(principal, principals.deleteServicePrincipal, { ...apps, ...owned }),
  get(
    `${principal}/appRoleAssignedTo`,
    assigned.listAssignments,
    { ...assignments, ...list, ...owned },
    resource.appRoleAssignment,
  ),
  // Application.ReadWrite.All lets nobody in, no program either (applications.ts): that would let its holder in, too.
  post(
    `${principal}/appRoleAssignedTo`,
    assigned.createAssignment,
    { ...assignments, ...owned },
    { body: assignmentBody, answer: resource.appRoleAssignment },
  ),
  remove(`${principal}/appRoleAssignedTo/:assignment`, assigned.deleteAssignment, {
    ...assignments,
    ...owned,
  }),
  get(
    `${principal}/appRoleAssignments`,
    permissions.listRolesOfClient,
    { ...apps, ...list },
    resource.appRoleAssignment,
  ),
  post(`${principal}/appRoleAssignments`, permissions.grantRoleToClient, directory, {
    body: assignmentBody,
    answer: resource.appRoleAssignment,
  }),
  get(
    `${principal}/appRoleAssignments/:assignment`,
    permissions.getRoleOfClient,
    { ...apps, ...item },
    resource.appRoleAssignment,
  ),
  remove(`${principal}/appRoleAssignments/:assignment`, permissions.revokeRoleOfClient, directory),
]
