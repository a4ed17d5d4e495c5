import * as permissions from '../client-permissions.ts'
import {
  apps,
  assignments,
  directory,
  get,
  item,
  list,
  patch,
  post,
  principal,
  type Route,
  remove,
} from '../route.ts'
import * as principals from '../service-principals.ts'

/** Service principals: who may enter, and what programs may do. */
export const principalRoutes: readonly Route[] = [
  get('/serviceprincipals', principals.listServicePrincipals, { ...apps, ...list }),
  get(principal, principals.getServicePrincipal, { ...apps, ...item }),
  patch(principal, principals.patchServicePrincipal, apps),
  get(`${principal}/approleassignedto`, principals.listAssignments, { ...assignments, ...list }),
  // Application.ReadWrite.All lets nobody in, no program either (applications.ts): that would let its holder in, too.
  post(`${principal}/approleassignedto`, principals.createAssignment, assignments),
  remove(`${principal}/approleassignedto/:assignment`, principals.deleteAssignment, assignments),
  get(`${principal}/approleassignments`, permissions.listRolesOfClient, { ...apps, ...list }),
  post(`${principal}/approleassignments`, permissions.grantRoleToClient, directory),
  remove(`${principal}/approleassignments/:assignment`, permissions.revokeRoleOfClient, directory),
]
