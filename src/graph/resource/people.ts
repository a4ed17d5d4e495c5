import { z } from 'zod'
import { count, flag, id, noList, nothing, text, textOrNull, time, typed } from './kinds.ts'

export const user = z
  .strictObject({
    id,
    userPrincipalName: text,
    displayName: text,
    mail: textOrNull,
    accountEnabled: flag,
  })
  .meta({ id: 'user' })

/** With who vouches for them, which comes only by `$select`. */
export const userWithIdentities = user
  .extend({
    identities: z
      .array(z.strictObject({ signInType: text, issuer: text, issuerAssignedId: text }))
      .optional(),
  })
  .meta({ id: 'userWithIdentities' })

export const group = z
  .strictObject({
    id,
    displayName: text,
    description: textOrNull,
    // In lists it comes when it is selected.
    uniqueName: textOrNull.optional(),
    groupTypes: noList,
    mailEnabled: z.literal(false),
    securityEnabled: z.literal(true),
  })
  .meta({ id: 'group' })

export const directoryRole = z
  .strictObject({ id, displayName: text, description: text, roleTemplateId: id })
  .meta({ id: 'directoryRole' })

/** Who is in a group. */
export const member = z.union([
  user.extend(typed('user')).meta({ id: 'memberUser' }),
  group.pick({ id: true, displayName: true }).extend(typed('group')).meta({ id: 'memberGroup' }),
])

/** What somebody is in. */
export const place = z.union([
  group
    .pick({ id: true, displayName: true, description: true, securityEnabled: true })
    .extend(typed('group'))
    .meta({ id: 'placeGroup' }),
  directoryRole.extend(typed('directoryRole')).meta({ id: 'placeRole' }),
])

/** Whoever asks who they are themselves learns what they may do, too. */
export const me = user.extend({ permissions: z.array(text) }).meta({ id: 'me' })

export const ids = z.strictObject({ value: z.array(id) })
export const yes = z.strictObject({ value: z.literal(true) })

const reasons = ['EnabledByPolicy', 'NotYetValid', 'Expired', 'OneTimeUsed'] as const
const password = { id, createdDateTime: time, password: nothing }
const fido2 = {
  id,
  displayName: text,
  createdDateTime: time,
  attestationLevel: z.literal('notAttested'),
}
const softwareOath = { id, secretKey: nothing }
const temporaryAccessPass = {
  id,
  temporaryAccessPass: textOrNull,
  createdDateTime: time,
  startDateTime: time,
  lifetimeInMinutes: count,
  isUsableOnce: flag,
  isUsable: flag,
  methodUsabilityReason: z.enum(reasons),
  lastUsedDateTime: time.optional(),
}

/** Ways to prove who one is, each by itself. */
export const methods = {
  password: z.strictObject(password).meta({ id: 'passwordAuthenticationMethod' }),
  fido2: z.strictObject(fido2).meta({ id: 'fido2AuthenticationMethod' }),
  softwareOath: z.strictObject(softwareOath).meta({ id: 'softwareOathAuthenticationMethod' }),
  temporaryAccessPass: z
    .strictObject(temporaryAccessPass)
    .meta({ id: 'temporaryAccessPassAuthenticationMethod' }),
}

/** One of them in a list of all. */
export const anyMethod = z.union([
  z.strictObject({ ...password, ...typed('passwordAuthenticationMethod') }),
  z.strictObject({ ...fido2, ...typed('fido2AuthenticationMethod') }),
  z.strictObject({ ...softwareOath, ...typed('softwareOathAuthenticationMethod') }),
  z.strictObject({ ...temporaryAccessPass, ...typed('temporaryAccessPassAuthenticationMethod') }),
])

export const passwordResetResponse = z
  .strictObject({ newPassword: textOrNull })
  .meta({ id: 'passwordResetResponse' })

const claims = z.strictObject({
  userId: z.literal('sub'),
  userPrincipalName: text,
  displayName: text,
  givenName: text,
  surname: text,
  email: text,
})

export const identityProviderHealth = z.strictObject({ isReachable: flag, problem: textOrNull })

export const identityProvider = z
  .strictObject({
    ...typed('openIdConnectIdentityProvider'),
    id,
    displayName: text,
    clientId: text,
    clientSecret: nothing,
    metadataUrl: text,
    responseType: z.literal('code'),
    responseMode: z.literal('query'),
    scope: text,
    domainHint: textOrNull,
    multiFactorAuthenticationContext: textOrNull,
    claimsMapping: claims,
    issuer: text,
    clientAuthentication: text,
    groupsClaim: textOrNull,
    rolesClaim: textOrNull,
    groupMappings: z.array(z.strictObject({ claimValue: text, groupId: id })),
    isDefault: flag,
    linkExistingUsers: z.enum(['never', 'verifiedEmail', 'userPrincipalName']),
    isJustInTimeProvisioningEnabled: flag,
    trustedCertificates: textOrNull,
    redirectUri: text,
    keysUrl: textOrNull,
    createdDateTime: time,
  })
  .meta({ id: 'openIdConnectIdentityProvider' })

/** What a new one answers: whether it can be reached just now, too. */
export const newIdentityProvider = identityProvider
  .extend({ health: identityProviderHealth })
  .meta({ id: 'newOpenIdConnectIdentityProvider' })
