// What somebody may get wrong in bodies of the API, each by itself.

/** A member of the body that is wrong: where, and what stands there; `undefined` leaves it out. */
export type Mistake = readonly [target: string, value: unknown]

/** An id of nothing. */
export const missing = '00000000-0000-4000-8000-00000000dead'

export const bogus: Mistake = ['bogus', 1]
export const userMistakes: readonly Mistake[] = [
  ['userPrincipalName', 'taken@contoso.test'],
  ['displayName', ''],
  ['mail', 'no address'],
  ['accountEnabled', 'yes'],
  bogus,
]
export const publishingMistakes: readonly Mistake[] = [
  ['externalUrl', 'https://other.contoso.test/'],
  ['internalUrl', 'ftp://app.test/'],
  ['applicationServerTimeout', 'forever'],
  ['isInMaintenance', 'yes'],
  ['responseHeaderRules', [{ action: 'set', name: 'bad name', value: 'x' }]],
  ['headerBasedSingleSignOn', { headers: [{ name: 'Host', source: 'constant', value: 'x' }] }],
  ['corsConfigurations', [{ resource: 'no slash' }]],
  ['sessionLifetimeInSeconds', 1],
  ['verifiedCustomDomainKeyCredential', { value: 'no pfx!' }],
  bogus,
]
export const segmentMistakes: readonly Mistake[] = [
  ['externalUrl', 'https://b.complex.test/'],
  ['internalUrl', 'http://b.inside.test/'],
  ['alternateUrl', 'https://elsewhere.test/'],
  ['corsConfigurations', [{ resource: '/', allowedOrigins: ['https://home.test/path'] }]],
  ['responseHeaderRules', [{ action: 'add', name: 'bad name', value: 'x' }]],
  bogus,
]
export const ruleMistakes: readonly Mistake[] = [
  ['resource', 'no slash'],
  ['allowedOrigins', ['https://home.test/path']],
  ['allowedHeaders', ['bad header']],
  ['allowedMethods', ['BAD METHOD']],
  ['maxAgeInSeconds', -1],
  ['mode', 'maybe'],
  bogus,
]
export const policyMistakes: readonly Mistake[] = [
  ['displayName', ''],
  ['state', 'maybe'],
  ['conditions/users/excludeUsers', [missing]],
  ['conditions/users/includeGroups', [missing]],
  ['conditions/users/includeRoles', ['no guid']],
  ['conditions/applications/includeApplications', [missing]],
  ['conditions/locations', { includeLocations: ['All'], excludeLocations: [missing] }],
  ['conditions/signInRiskLevels', ['high']],
  ['grantControls', { operator: 'OR', builtInControls: ['block', 'mfa'] }],
  bogus,
]
export const locationMistakes: readonly Mistake[] = [
  ['displayName', ''],
  ['isTrusted', 'yes'],
  ['ipRanges', [{ cidrAddress: 'nowhere' }]],
  bogus,
]
export const lifetimeMistakes: readonly Mistake[] = [
  ['displayName', ''],
  ['definition', ['{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"00:00:01"}}']],
  ['isOrganizationDefault', true],
  bogus,
]
export const providerMistakes: readonly Mistake[] = [
  ['displayName', ''],
  ['issuer', 'http://two.test'],
  ['clientAuthentication', 'by hand'],
  ['groupMappings', [{ claimValue: 'staff', groupId: missing }]],
  ['linkExistingUsers', 'maybe'],
  bogus,
]
export const applicationMistakes: readonly Mistake[] = [
  ['displayName', ''],
  ['identifierUris', ['api://other']],
  ['web', { homePageUrl: 'no url' }],
  ['keyCredentials', [{ type: 'AsymmetricX509Cert', usage: 'Verify', key: 'AAAA' }]],
  bogus,
]
export const principalMistakes: readonly Mistake[] = [
  ['appRoleAssignmentRequired', 'yes'],
  ['accountEnabled', 'yes'],
  ['tags', ['']],
  bogus,
]
export const connectorGroupMistakes: readonly Mistake[] = [
  ['name', 'Taken'],
  ['region', 'moon'],
  bogus,
]
export const groupMistakes: readonly Mistake[] = [['displayName', ''], ['description', 7], bogus]

// Bodies with nothing wrong in them.

export const profile = '/beta/onPremisesPublishingProfiles/applicationProxy'
export const policies = '/beta/identity/conditionalAccess/policies'
export const locations = '/beta/identity/conditionalAccess/namedLocations'
export const lifetimes = '/beta/policies/tokenLifetimePolicies'
export const providers = '/beta/identity/identityProviders'

export const location = {
  ...{ '@odata.type': '#microsoft.graph.ipNamedLocation', displayName: 'Office' },
  ...{ isTrusted: false, ipRanges: [{ cidrAddress: '203.0.113.0/24' }] },
}
export const lifetime = {
  displayName: 'A day',
  definition: ['{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"08:00:00"}}'],
}
export function provider(name: string) {
  return {
    '@odata.type': '#microsoft.graph.openIdConnectIdentityProvider',
    ...{ id: name, displayName: name, clientId: 'sallyport', clientSecret: 'a secret of theirs' },
    ...{ issuer: `https://${name}.test`, responseType: 'code', scope: 'openid' },
  }
}

export const person = {
  ...{ userPrincipalName: 'new@contoso.test', displayName: 'New', accountEnabled: true },
  passwordProfile: { password: 'correct horse battery' },
}
export const urls = { externalUrl: 'https://app.contoso.test/', internalUrl: 'http://app.test/' }
export const rule = { resource: '/new', allowedOrigins: ['https://home.test'] }

/** The body with these mistakes in it. */
export function withMistakes(good: object, mistakes: readonly Mistake[]): object {
  const body = structuredClone(good) as Record<string, unknown>
  for (const [target, value] of mistakes) {
    const parts = target.split('/')
    const last = parts.pop() ?? ''
    let at = body
    for (const part of parts) {
      at[part] ??= {}
      at = at[part] as Record<string, unknown> // the bodies above have objects there
    }
    at[last] = value
  }
  return body
}
