import { z } from 'zod'
import { flag, id, noList, nothing, text, textOrNull, texts, time, timeOrNull } from './kinds.ts'
import { onPremisesPublishing } from './publishing.ts'

export const applicationTemplate = z
  .strictObject({
    id,
    displayName: text,
    homePageUrl: nothing,
    supportedSingleSignOnModes: texts,
    supportedProvisioningTypes: noList,
    logoUrl: nothing,
    categories: noList,
    publisher: nothing,
    description: nothing,
  })
  .meta({ id: 'applicationTemplate' })

const memberTypes = z.array(z.enum(['User', 'Application']))
const appRole = z
  .strictObject({
    id,
    displayName: text,
    description: text,
    value: textOrNull,
    origin: z.literal('Application'),
    isEnabled: flag,
    allowedMemberTypes: memberTypes,
  })
  .meta({ id: 'appRole' })

const permissionScope = z.strictObject({
  id,
  adminConsentDisplayName: text,
  adminConsentDescription: text,
  userConsentDisplayName: text,
  userConsentDescription: text,
  isEnabled: flag,
  type: z.literal('User'),
  value: text,
})

const credential = {
  keyId: id,
  displayName: textOrNull,
  startDateTime: time,
  endDateTime: time,
  customKeyIdentifier: textOrNull,
}

export const keyCredential = z
  .strictObject({
    ...credential,
    key: nothing,
    type: z.literal('AsymmetricX509Cert'),
    usage: z.literal('Verify'),
  })
  .meta({ id: 'keyCredential' })

export const passwordCredential = z
  .strictObject({ ...credential, hint: textOrNull, secretText: textOrNull })
  .meta({ id: 'passwordCredential' })

const credentials = {
  keyCredentials: z.array(keyCredential),
  passwordCredentials: z.array(passwordCredential),
}

/** An application under `/v1.0`, which does not know publishing. */
export const stableApplication = z.strictObject({
  id,
  appId: id,
  displayName: text,
  uniqueName: textOrNull,
  createdDateTime: time,
  deletedDateTime: nothing,
  applicationTemplateId: id,
  identifierUris: texts,
  signInAudience: z.literal('AzureADMyOrg'),
  tags: texts,
  appRoles: z.array(appRole),
  web: z.strictObject({ homePageUrl: textOrNull, logoutUrl: nothing, redirectUris: texts }),
  publicClient: z.strictObject({ redirectUris: texts }),
  api: z.strictObject({ oauth2PermissionScopes: z.array(permissionScope) }),
  requiredResourceAccess: z.array(
    z.strictObject({
      resourceAppId: id,
      resourceAccess: z.array(z.strictObject({ id, type: z.enum(['Scope', 'Role']) })),
    }),
  ),
  ...credentials,
})

export const application = stableApplication
  // In lists it comes when it is selected, and `/v1.0` does not know it.
  .extend({ onPremisesPublishing: onPremisesPublishing.nullable().optional() })
  .meta({ id: 'application' })

export const servicePrincipal = z
  .strictObject({
    id,
    appId: id,
    appDisplayName: text,
    displayName: text,
    accountEnabled: flag,
    homepage: textOrNull,
    replyUrls: texts,
    appRoleAssignmentRequired: flag,
    appRoles: z.array(appRole),
    applicationTemplateId: id,
    servicePrincipalNames: texts,
    servicePrincipalType: z.literal('Application'),
    signInAudience: z.literal('AzureADMyOrg'),
    tags: texts,
    ...credentials,
  })
  .meta({ id: 'servicePrincipal' })

/** The management API among them, of which less is said. */
export const apiPrincipal = servicePrincipal
  .pick({
    ...{ id: true, appId: true, displayName: true, appDisplayName: true, accountEnabled: true },
    ...{ appRoles: true, appRoleAssignmentRequired: true, servicePrincipalNames: true },
    ...{ servicePrincipalType: true, tags: true },
  })
  .extend({
    oauth2PermissionScopes: z.array(
      z.strictObject({
        ...{ id, value: text, type: text, isEnabled: flag },
        ...{ adminConsentDisplayName: text, adminConsentDescription: text },
      }),
    ),
  })
  .meta({ id: 'apiServicePrincipal' })

export const instantiated = z
  .strictObject({ application, servicePrincipal })
  .meta({ id: 'applicationServicePrincipal' })

/** Either of them. */
export const anyPrincipal = z.union([servicePrincipal, apiPrincipal])

/** An application where it stands among directory objects. */
export const typedApplication = application
  .extend({ '@odata.type': z.literal('#microsoft.graph.application') })
  .meta({ id: 'typedApplication' })

/** The versions differ in what they call the time at which it was made. */
export const appRoleAssignment = z
  .strictObject({
    id,
    appRoleId: id,
    creationTimestamp: time.optional(),
    createdDateTime: time.optional(),
    principalDisplayName: textOrNull,
    principalId: id,
    principalType: z.enum(['User', 'Group', 'ServicePrincipal']),
    resourceDisplayName: text,
    resourceId: id,
  })
  .meta({ id: 'appRoleAssignment' })

export const tokenLifetimePolicy = z
  .strictObject({
    id,
    deletedDateTime: timeOrNull,
    definition: texts,
    displayName: text,
    isOrganizationDefault: flag,
  })
  .meta({ id: 'tokenLifetimePolicy' })
