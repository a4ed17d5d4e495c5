import type { ApiPermission } from '../../directory/directory.ts'
import type { Application } from '../../publishing/application.ts'
import type { Collection } from '../collection.ts'
import { apiPrincipal } from '../resource/applications.ts'
import { propertiesOf } from '../resource/kinds.ts'
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

/** Permissions that programs have themselves, with the ids that the original's have. */
export const permissionIds: Readonly<Record<string, string>> = {
  'Directory.ReadWrite.All': '19dbc75e-c2e2-444c-a770-ec69d8559fc7',
  'Directory.Read.All': '7ab1d382-f21e-4acd-a863-ba3e13f7da61',
  'Application.ReadWrite.All': '1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9',
  'Application.ReadWrite.OwnedBy': '18a4783c-866b-4cc7-a460-3d5e5662c884',
  'Application.Read.All': '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30',
  'AppRoleAssignment.ReadWrite.All': '06b708a9-e830-4db3-a914-8e69da51d44f',
  'OnPremisesPublishingProfiles.ReadWrite.All': '0b57845e-aa49-4e6f-8109-ce654fffa618',
  'User.ReadWrite.All': '741f803b-c850-494e-b5df-cde7c675a1ca',
  'User.Read.All': 'df021288-bdef-4463-88db-98f22de89214',
  'UserAuthenticationMethod.ReadWrite.All': '50483e42-d915-4231-9639-7fdb7fd190e5',
  'UserAuthenticationMethod.Read.All': '38d9df27-64da-44fd-b7c5-a6fbac20248f',
  'Group.ReadWrite.All': '62a82d76-70ea-41e2-9197-370581804d09',
  'Group.Read.All': '5b567255-7703-4780-807c-7be8301ae99b',
  'AuditLog.Read.All': 'b0afded3-3588-46d8-8b3d-9842eff778da',
  'Policy.Read.All': '246dd0d5-5bd0-4def-940b-0421030a5b68',
  'Policy.Read.ConditionalAccess': '37730810-e9ba-4e46-b07e-8ca78d182097',
  'Policy.ReadWrite.ConditionalAccess': '01c0a623-fc9b-48e9-b794-0756f8e8f067',
  'Policy.ReadWrite.ApplicationConfiguration': 'be74164b-cff1-491c-8741-e671cb536e13',
}

/** Permissions that programs have in people's names; `requiredResourceAccess` of type `Scope` names them. */
const delegatedIds: Readonly<Record<string, string>> = {
  'Directory.ReadWrite.All': 'c5366453-9fb0-48a5-a156-24f0c49a4b84',
  'Directory.Read.All': '06da0dbc-49e2-44d2-8312-53f166ab848a',
  'Application.ReadWrite.All': 'bdfbf15f-ee85-4955-8675-146e8e5296b5',
  'Application.Read.All': 'c79f8feb-a9db-4090-85f9-90d820caa0eb',
  'AppRoleAssignment.ReadWrite.All': '84bccea3-f856-4a8a-967b-dbe0a3d53a64',
  'OnPremisesPublishingProfiles.ReadWrite.All': '8c4d5184-71c2-4bf8-bb9d-bc3378c9ad42',
  'User.ReadWrite.All': '204e0828-b5ca-4ad8-b9f3-f32a958e7cc4',
  'User.Read.All': 'a154be20-db9c-4678-8ab7-66f6cc099a59',
  'UserAuthenticationMethod.ReadWrite.All': 'b7887744-6746-4312-813d-72daeaee7e2d',
  'UserAuthenticationMethod.Read.All': 'aec28ec7-4d02-4e8c-b864-50163aea77eb',
  'Group.ReadWrite.All': '4e46008b-f24c-477d-8fff-7bb4ec7aafe0',
  'Group.Read.All': '5f8c59db-677d-491f-a6b8-5f174b11ec1d',
  'AuditLog.Read.All': 'e4c9e354-4dc5-45b8-9e7c-e1393b0b1a20',
  'Policy.Read.All': '572fea84-0151-49b2-9301-11cb16974376',
  'Policy.Read.ConditionalAccess': '633e0fce-8c58-4cfb-9495-12bbd5a24f7c',
  'Policy.ReadWrite.ConditionalAccess': 'ad902697-1014-4ef5-81ef-2b4301988e8c',
  'Policy.ReadWrite.ApplicationConfiguration': 'b27add92-efb2-4f16-84f5-8108ba77985c',
}

/** The names of these delegated permissions; ids that are not known give nothing. */
export function delegatedNames(ids: readonly string[]): readonly string[] {
  return Object.entries(delegatedIds).flatMap(([name, id]) => (ids.includes(id) ? [name] : []))
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
    oauth2PermissionScopes: Object.entries(delegatedIds).map(([value, id]) => ({
      ...{ id, value, type: 'Admin', isEnabled: true },
      adminConsentDisplayName: value,
      adminConsentDescription: value,
    })),
    servicePrincipalNames: [managementApi.appId, managementApi.identifierUri],
    servicePrincipalType: 'Application',
    tags: [],
  }
}

export const managementApiCollection: Collection<typeof managementApi> = {
  context: 'servicePrincipals',
  properties: propertiesOf(apiPrincipal),
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
