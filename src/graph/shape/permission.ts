import type { ApiPermission } from '../../directory/directory.ts'
import type { Application } from '../../publishing/application.ts'
import type { Collection } from '../collection.ts'
import { toGraphAssignment } from './assignment.ts'

/**
 * The management API as an application that clients ask for access, under the names that scripts for the original look
 * for. It is in no table: nobody changes it. [G3]
 */
export const managementApi = {
  id: '7ea2e7a6-3c5f-4e0f-9a53-5a1157010001',
  appId: '00000003-0000-0000-c000-000000000000',
  displayName: 'Microsoft Graph',
  identifierUri: 'https://graph.microsoft.com',
} as const

/** Permissions for clients, with the ids that the original's have. */
export const permissionIds: Readonly<Record<string, string>> = {
  'Directory.ReadWrite.All': '19dbc75e-c2e2-444c-a770-ec69d8559fc7',
  'Application.ReadWrite.All': '1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9',
  'OnPremisesPublishingProfiles.ReadWrite.All': '0b57845e-aa49-4e6f-8109-ce654fffa618',
  'AuditLog.Read.All': 'b0afded3-3588-46d8-8b3d-9842eff778da',
  'Policy.Read.All': '246dd0d5-5bd0-4def-940b-0421030a5b68',
  'Policy.ReadWrite.ConditionalAccess': '01c0a623-fc9b-48e9-b794-0756f8e8f067',
}

/** The names of these permissions, for a token. */
export function permissionNames(permissions: readonly ApiPermission[]): readonly string[] {
  const ids = new Set(permissions.map(({ appRoleId }) => appRoleId))
  return Object.entries(permissionIds).flatMap(([name, id]) => (ids.has(id) ? [name] : []))
}

/** The management API's service principal in Graph's shape. */
export function toGraphManagementApi() {
  return {
    id: managementApi.id,
    appId: managementApi.appId,
    displayName: managementApi.displayName,
    appDisplayName: managementApi.displayName,
    accountEnabled: true,
    appRoleAssignmentRequired: true,
    appRoles: Object.entries(permissionIds).map(([value, id]) => ({
      id,
      displayName: value,
      description: value,
      value,
      origin: 'Application',
      isEnabled: true,
      allowedMemberTypes: ['Application'],
    })),
    servicePrincipalNames: [managementApi.appId, managementApi.identifierUri],
    servicePrincipalType: 'Application',
    tags: [],
  }
}

export const managementApiCollection: Collection<typeof managementApi> = {
  context: 'servicePrincipals',
  properties: [
    ...['id', 'appId', 'displayName', 'appDisplayName', 'accountEnabled', 'appRoles'],
    ...['appRoleAssignmentRequired', 'servicePrincipalNames', 'servicePrincipalType', 'tags'],
  ],
  fields: { id: (api) => api.id, appId: (api) => api.appId },
  write: toGraphManagementApi,
}

/** A permission as an assignment of a role at the management API. */
export function toGraphPermission(permission: ApiPermission, client: Application) {
  return toGraphAssignment({
    assignment: {
      ...{ id: permission.id, applicationId: managementApi.id, createdAt: permission.createdAt },
      ...{ principalId: permission.principalId, principalType: 'ServicePrincipal' as const },
      appRoleId: permission.appRoleId,
    },
    application: { displayName: managementApi.displayName, servicePrincipalId: managementApi.id },
    principalName: client.displayName,
  })
}
