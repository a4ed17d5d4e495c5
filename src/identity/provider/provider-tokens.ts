import '../lts-flag.ts'
import {
  type Configuration,
  errors,
  type KoaContextWithOIDC,
  type ResourceServer,
} from 'oidc-provider'
import type { ClientStore, TokenResource } from './registered-client.ts'

// A working hour, as in the original (60 to 90 minutes); what its bearer loses meanwhile counts within seconds anyway.
const tokenLifetimeSeconds = 3_600

/** The scope of the original: everything the client has been granted at this resource. */
const everything = '.default'
/** The only thing that a client may do at an application on behalf of a person: be that person. */
const delegatedScope = 'user_impersonation'

type Resources = Pick<Configuration, 'extraTokenClaims' | 'formats'> & {
  readonly features: Required<
    Pick<NonNullable<Configuration['features']>, 'clientCredentials' | 'resourceIndicators'>
  >
}

/** How oidc-provider makes access tokens for applications: JWTs of RFC 9068, asked for by scope or by RFC 8707. [S10] */
export function tokenConfiguration(clients: ClientStore, algorithm: string): Resources {
  return {
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        // A token is for one resource; of several, the first.
        defaultResource: (ctx, _client, oneOf) => oneOf?.[0] ?? resourceInScope(ctx, clients),
        getResourceServerInfo: (ctx, name, client) =>
          describeResource(ctx, clients, name, client.clientId, algorithm),
        useGrantedResource: () => true,
      },
    },
    extraTokenClaims: (ctx, token) => extraClaims(ctx, clients, token),
    formats: {
      customizers: {
        jwt(_ctx, token, parts) {
          const payload = (parts.payload ?? {}) as Record<string, unknown>
          const { scope, ...claims } = payload
          const { kind, resourceServer } = token as AnyToken
          if (kind === 'AccessToken')
            parts.payload = { ...claims, scp: plainScopes(scope, resourceServer) }
          else parts.payload = claims
        },
      },
    },
  }
}

// As clients of the original ask: `api://<app id>/.default`, `<app id>/user_impersonation`, `https://app.example.com/.default`.
function resourceInScope(ctx: KoaContextWithOIDC, clients: ClientStore): string | undefined {
  for (const scope of ctx.oidc.requestParamScopes) {
    const known = clients.resourceOfScope?.(scope)
    if (known !== undefined) return known
    const slash = scope.lastIndexOf('/')
    if (slash <= 0) continue
    const name = scope.slice(0, slash)
    return URL.canParse(name) ? name : `api://${name}`
  }
  return undefined
}

async function describeResource(
  ctx: KoaContextWithOIDC,
  clients: ClientStore,
  name: string,
  clientId: string,
  algorithm: string,
): Promise<ResourceServer> {
  const resource = await findResource(clients, name, clientId)
  if (!resource) throw new errors.InvalidTarget('there is no such resource')
  const isOwn = ctx.oidc.params?.['grant_type'] === 'client_credentials'
  if (isOwn && !resource.admitsClient) {
    throw new errors.InvalidTarget('the client has no role at this resource')
  }
  if (!isOwn && !resource.admitsPeople) {
    throw new errors.InvalidTarget(
      'the resource is not among those that the client is registered for',
    )
  }
  return {
    audience: resource.audience,
    scope: isOwn ? '' : scopesOf(name, resource.scopes).join(' '),
    accessTokenTTL: tokenLifetimeSeconds,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: algorithm as 'ES256' } },
  }
}

/** In every spelling that a client may ask by. */
function scopesOf(
  resource: string,
  names: readonly string[] = [delegatedScope],
): readonly string[] {
  const bare = resource.replace(/^api:\/\//, '').replace(/\/$/, '')
  return [
    ...names,
    ...[...new Set([resource, bare, `api://${bare}`])].flatMap((name) =>
      [...names, everything].map((scope) => `${name}/${scope}`),
    ),
  ]
}

/** What was asked for and is to be had, by its bare name, as the original writes it. */
function plainScopes(scope: unknown, resourceServer: AnyToken['resourceServer']): string {
  const asked = typeof scope === 'string' ? scope.split(' ').map(bareName) : []
  const offered = (resourceServer?.scope ?? '').split(' ').filter((name) => !name.includes('/'))
  const isAll = asked.includes(everything)
  return offered.filter((name) => isAll || asked.includes(name)).join(' ')
}

function bareName(scope: string): string {
  return scope.slice(scope.lastIndexOf('/') + 1)
}

/** `api://<app id>` names an application that calls itself nothing else. */
function findResource(
  clients: ClientStore,
  name: string,
  clientId: string,
): Promise<TokenResource | undefined> {
  return clients.resource(name.replace(/\/$/, ''), clientId)
}

interface AnyToken {
  readonly kind: string
  readonly clientId?: string | undefined
  readonly aud?: unknown
  readonly resourceServer?:
    | { readonly identifier?: () => string; readonly scope?: string | undefined }
    | undefined
}

async function extraClaims(
  ctx: KoaContextWithOIDC,
  clients: ClientStore,
  token: AnyToken,
): Promise<Record<string, unknown> | undefined> {
  const clientId = token.clientId ?? ''
  if (token.kind === 'ClientCredentials') {
    const name = token.resourceServer?.identifier?.()
    const resource = name === undefined ? undefined : await findResource(clients, name, clientId)
    const client = await clients.client(clientId)
    return {
      idtyp: 'app',
      azp: clientId,
      oid: client?.servicePrincipalId,
      roles: resource?.roles ?? [],
    }
  }
  if (token.kind !== 'AccessToken' || token.resourceServer === undefined) return undefined
  const { AuthorizationCode, DeviceCode, RefreshToken, Account: account } = ctx.oidc.entities
  const source = (AuthorizationCode ?? DeviceCode ?? RefreshToken) as SignInFacts | undefined
  const claims = await account?.claims('userinfo', 'openid profile email', {}, [])
  return {
    azp: clientId,
    oid: claims?.sub,
    name: claims?.['name'],
    preferred_username: claims?.['preferred_username'],
    auth_time: source?.authTime,
    acr: source?.acr,
    amr: source?.amr,
  }
}

interface SignInFacts {
  readonly authTime?: number
  readonly acr?: string
  readonly amr?: readonly string[]
}
