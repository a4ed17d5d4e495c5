/** A person of the realm. */
export const ann = { username: 'ann', password: 'correct horse battery' } as const

export const clientSecret = 'of this test only'

/** A realm as an administrator exports it: a client with a secret, one that signs, groups, roles, and one person. */
export function realmFor(login: string) {
  const client = (id: string) => ({
    ...{ clientId: id, enabled: true, protocol: 'openid-connect', publicClient: false },
    ...{ standardFlowEnabled: true, directAccessGrantsEnabled: false },
    redirectUris: [`${login}/.sallyport/callback/${id}`],
    protocolMappers: [groupMapper, roleMapper],
  })
  const attributes = (id: string) => ({
    'pkce.code.challenge.method': 'S256',
    'post.logout.redirect.uris': `${login}/.sallyport/signed-out`,
    'backchannel.logout.url': `${login}/.sallyport/back-channel-logout/${id}`,
    'backchannel.logout.session.required': 'true',
  })
  return {
    ...{ realm: 'contoso', enabled: true, sslRequired: 'all' },
    groups: [{ name: 'staff', subGroups: [{ name: 'editors' }] }],
    roles: { realm: [{ name: 'auditor' }] },
    clients: [
      {
        ...client('keycloak'),
        secret: clientSecret,
        attributes: attributes('keycloak'),
      },
      {
        ...client('signing'),
        clientAuthenticatorType: 'client-jwt',
        attributes: {
          ...attributes('signing'),
          'use.jwks.url': 'true',
          'jwks.url': `${login}/.sallyport/client-jwks/signing`,
          'token.endpoint.auth.signing.alg': 'ES256',
        },
      },
    ],
    users: [
      {
        ...{ username: ann.username, enabled: true, firstName: 'Ann', lastName: 'Lee' },
        ...{ email: 'ann@contoso.example', emailVerified: true },
        credentials: [{ type: 'password', value: ann.password, temporary: false }],
        ...{ groups: ['/staff/editors'], realmRoles: ['auditor'] },
      },
    ],
  }
}

const inIdToken = { 'id.token.claim': 'true', 'access.token.claim': 'false' } as const

const groupMapper = {
  ...{ name: 'groups', protocol: 'openid-connect' },
  protocolMapper: 'oidc-group-membership-mapper',
  config: { 'claim.name': 'groups', 'full.path': 'true', ...inIdToken },
}

const roleMapper = {
  ...{ name: 'roles', protocol: 'openid-connect' },
  protocolMapper: 'oidc-usermodel-realm-role-mapper',
  config: {
    ...{ 'claim.name': 'realm_access.roles', multivalued: 'true', 'jsonType.label': 'String' },
    ...inIdToken,
  },
}
