import { z } from 'zod'
import type { Drafted, Issue, Parsed } from '../../base/check.ts'
import { failed } from '../../base/check.ts'
import type { IdentityProvider } from '../../identity/relying-party/identity-provider.ts'
import { embeddedProviderId } from '../../identity/signed-in.ts'
import type { ProviderDesk } from '../call.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { identityProvider } from '../resource/people.ts'
import {
  guid,
  issueAt,
  nameOf,
  type Reading,
  readBodyParts,
  readOnly,
  withDefault,
} from './body.ts'

const claimName = z.string().trim().min(1, 'must not be empty').max(256)
const optionalClaim = claimName.nullish()

const claimsMapping = z.strictObject({
  // OIDC Core §5.7: nothing else is never given to somebody else.
  userId: z
    .literal('sub', 'must be sub: any other claim may one day be of somebody else')
    .optional(),
  userPrincipalName: claimName.optional(),
  displayName: claimName.optional(),
  givenName: claimName.optional(),
  surname: claimName.optional(),
  email: claimName.optional(),
})

/** What POST and PATCH of a provider take. */
export const providerBody = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be of a-z, 0-9 and -')
    .refine((id) => id !== embeddedProviderId, 'is the embedded provider')
    .optional(),
  displayName: nameOf(256).optional(),
  issuer: z.string().nullish(),
  metadataUrl: z.string().nullish(),
  clientId: z.string().optional(),
  clientSecret: z.string().min(1, 'must not be empty').max(4096).nullish(),
  clientAuthentication: z
    .enum(['automatic', 'client_secret_post', 'client_secret_basic', 'private_key_jwt'])
    .optional(),
  scope: z.string().nullish(),
  responseType: z.literal('code', 'must be code').optional(),
  responseMode: z.literal('query', 'must be query').optional(),
  domainHint: z.string().max(256).nullish(),
  // One value: acr_values is a list, and any of several would do.
  multiFactorAuthenticationContext: z
    .string()
    .regex(/^[\x21-\x7e]{1,256}$/, 'must be one value of acr')
    .nullish(),
  claimsMapping: claimsMapping.nullish(),
  groupsClaim: optionalClaim,
  rolesClaim: optionalClaim,
  groupMappings: withDefault(
    z.array(z.strictObject({ claimValue: z.string().min(1).max(256), groupId: guid })),
    [],
  ),
  isDefault: z.boolean().optional(),
  linkExistingUsers: z.enum(['never', 'verifiedEmail', 'userPrincipalName']).optional(),
  isJustInTimeProvisioningEnabled: z.boolean().optional(),
  trustedCertificates: z.string().nullish(),
  ...{ identityProviderType: readOnly, name: readOnly, redirectUri: readOnly, keysUrl: readOnly },
  ...{ createdDateTime: readOnly, health: readOnly },
})

/** The same, read; what is required shows when it is put together. */
export type ProviderBody = z.output<typeof providerBody>

const types: ReadonlySet<string> = new Set([
  '#microsoft.graph.openidconnectidentityprovider',
  '#microsoft.graph.openidconnectprovider',
])

/** Reads a body as far as it can be read, and says what is wrong with the form of the rest. */
export function readProvider(body: unknown): Reading<ProviderBody> {
  const type = (body as { '@odata.type'?: unknown } | null)?.['@odata.type']
  if (type !== undefined && !types.has(String(type).toLowerCase())) {
    const message = 'must be #microsoft.graph.openIdConnectIdentityProvider'
    return { value: undefined, issues: [issueAt('@odata.type', 'unsupported-type', message)] }
  }
  return readBodyParts(providerBody, body)
}

const wellKnown = '/.well-known/openid-configuration'

/** The provider with what was sent, all but its proof of itself. */
export function mergeProvider(
  sent: ProviderBody,
  current: IdentityProvider | undefined,
  id: string,
): Drafted<Omit<IdentityProvider, 'createdAt' | 'authentication'>> {
  const places = placesOf(sent, current)
  const displayName = sent.displayName ?? current?.displayName
  const clientId = sent.clientId ?? current?.clientId
  const issues: Issue[] = failed(places) ? [...places.issues] : []
  if (displayName === undefined) issues.push(issueAt('displayName', 'required', 'is required'))
  if (clientId === undefined) issues.push(issueAt('clientId', 'required', 'is required'))
  const { issuer, metadataUrl } = failed(places) ? noPlaces : places.value
  const draft = {
    ...{ id, displayName: displayName ?? '', clientId: clientId ?? '', issuer, metadataUrl },
    isDefault: sent.isDefault ?? current?.isDefault ?? false,
    scope: said(sent.scope, current?.scope) ?? 'openid profile email',
    domainHint: said(sent.domainHint, current?.domainHint),
    multiFactorContext: said(sent.multiFactorAuthenticationContext, current?.multiFactorContext),
    people: mergePeople(sent, current?.people),
    trustedCertificates: said(sent.trustedCertificates, current?.trustedCertificates),
  }
  return issues.length > 0 ? { issues, draft } : { value: draft }
}

const noPlaces = { issuer: '', metadataUrl: undefined }

/** null and nothing at all put a property back, leaving it out keeps it. */
function said(sent: string | null | undefined, current: string | undefined): string | undefined {
  return sent === undefined ? current : (sent ?? '') === '' ? undefined : (sent ?? undefined)
}

// The original knows only the address of the description; by its rule the issuer is what stands before the well-known part.
function placesOf(
  sent: ProviderBody,
  current: IdentityProvider | undefined,
): Parsed<Pick<IdentityProvider, 'issuer' | 'metadataUrl'>> {
  const url = said(sent.metadataUrl, current?.metadataUrl)
  const derived = url?.endsWith(wellKnown) ? url.slice(0, -wellKnown.length) : undefined
  const isMoved = sent.metadataUrl !== undefined && sent.issuer === undefined
  const issuer = said(sent.issuer, isMoved ? undefined : current?.issuer) ?? derived
  if (issuer === undefined) {
    const message = `is required, unless metadataUrl ends with ${wellKnown}`
    return { issues: [issueAt('issuer', 'required', message)] }
  }
  const usual = `${issuer.replace(/\/$/, '')}${wellKnown}`
  return { value: { issuer, metadataUrl: url === usual ? undefined : url } }
}

function mergePeople(
  sent: ProviderBody,
  current: IdentityProvider['people'] | undefined,
): IdentityProvider['people'] {
  const mapping = sent.claimsMapping ?? {}
  const before = sent.claimsMapping === null ? undefined : current?.claims
  return {
    claims: {
      userPrincipalName:
        mapping.userPrincipalName ?? before?.userPrincipalName ?? 'preferred_username',
      displayName: mapping.displayName ?? before?.displayName ?? 'name',
      givenName: mapping.givenName ?? before?.givenName ?? 'given_name',
      surname: mapping.surname ?? before?.surname ?? 'family_name',
      email: mapping.email ?? before?.email ?? 'email',
      groups: said(sent.groupsClaim, current?.claims.groups),
      roles: said(sent.rolesClaim, current?.claims.roles),
    },
    groups:
      sent.groupMappings?.map(({ claimValue, groupId }) => ({ name: claimValue, groupId })) ??
      current?.groups ??
      [],
    linking: sent.linkExistingUsers ?? current?.linking ?? 'never',
    admitsNewPeople: sent.isJustInTimeProvisioningEnabled ?? current?.admitsNewPeople ?? true,
  }
}

const names: Readonly<Record<string, string>> = {
  people: '',
  groups: 'groupMappings',
  name: 'claimValue',
}

/** Our path of an issue as the caller would write it. [G4] */
export function providerTarget(path: string): string {
  const parts = path.split('/').map((part) => names[part] ?? part)
  return parts.filter((part) => part !== '').join('/')
}

/** A provider in Graph's shape; secrets never. */
export function toGraphProvider(provider: IdentityProvider, desk: ProviderDesk) {
  const { people, authentication } = provider
  const { groups: groupsClaim, roles: rolesClaim, ...mapping } = people.claims
  return {
    '@odata.type': '#microsoft.graph.openIdConnectIdentityProvider',
    id: provider.id,
    displayName: provider.displayName,
    clientId: provider.clientId,
    clientSecret: null,
    metadataUrl: provider.metadataUrl ?? `${provider.issuer.replace(/\/$/, '')}${wellKnown}`,
    responseType: 'code' as const,
    responseMode: 'query' as const,
    scope: provider.scope,
    domainHint: provider.domainHint ?? null,
    multiFactorAuthenticationContext: provider.multiFactorContext ?? null,
    claimsMapping: { userId: 'sub', ...mapping },
    issuer: provider.issuer,
    clientAuthentication: authentication.method,
    groupsClaim: groupsClaim ?? null,
    rolesClaim: rolesClaim ?? null,
    groupMappings: people.groups.map(({ name, groupId }) => ({ claimValue: name, groupId })),
    isDefault: provider.isDefault,
    linkExistingUsers: people.linking,
    isJustInTimeProvisioningEnabled: people.admitsNewPeople,
    trustedCertificates: provider.trustedCertificates ?? null,
    redirectUri: desk.redirectUri(provider.id),
    keysUrl: authentication.method === 'private_key_jwt' ? desk.keysUrl(provider.id) : null,
    createdDateTime: new Date(provider.createdAt).toISOString(),
  }
}

/** How providers are listed. */
export function providerCollection(desk: ProviderDesk): Collection<IdentityProvider> {
  return {
    context: 'identity/identityProviders',
    properties: propertiesOf(identityProvider),
    fields: {
      id: ({ id }) => id,
      displayName: ({ displayName }) => displayName,
      isDefault: ({ isDefault }) => isDefault,
    },
    write: (provider) => toGraphProvider(provider, desk),
  }
}
