import '../lts-flag.ts'
import { randomBytes, timingSafeEqual } from 'node:crypto'
import Provider, { type Adapter, type AdapterPayload, type KoaContextWithOIDC } from 'oidc-provider'
import { hashSecret } from './client-secret.ts'
import { deviceCodeGrant } from './command-line-client.ts'
import type { ClientStore, RegisteredClient } from './registered-client.ts'

type Method = 'none' | 'client_secret_basic' | 'private_key_jwt'

/** What a client brought to prove itself; an application may have several ways. */
function presentedMethod(ctx: KoaContextWithOIDC | undefined): Method {
  const { client_assertion: assertion, client_secret: secret } = ctx?.oidc?.params ?? {}
  if (assertion !== undefined) return 'private_key_jwt'
  return secret !== undefined || ctx?.headers.authorization ? 'client_secret_basic' : 'none'
}

// Never compared with anything: what counts are the hashes.
const placeholderSecret = randomBytes(32).toString('base64url')

/** oidc-provider's storage contract for clients: read from the directory whenever one is named, never written. */
export function adaptClients(clients: ClientStore, algorithm: string): Adapter {
  const never = async () => undefined
  return {
    async find(appId) {
      const client = await clients.client(appId)
      return (
        client && (toMetadata(client, presentedMethod(Provider.ctx), algorithm) as AdapterPayload)
      )
    },
    ...{ upsert: never, findByUid: never, findByUserCode: never },
    ...{ consume: never, destroy: never, revokeByGrantId: never },
  }
}

/** What oidc-provider has to know of beside its own metadata. */
export const secretHashes = 'sallyport_secrets'
export const servicePrincipal = 'sallyport_principal'

function toMetadata(
  client: RegisteredClient,
  presented: Method,
  algorithm: string,
): object | undefined {
  const { redirectUris, publicRedirectUris, secrets, keys } = client
  const isPublic = publicRedirectUris.length > 0
  const uris = [...redirectUris, ...publicRedirectUris]
  const proves =
    (presented === 'client_secret_basic' && secrets.length > 0) ||
    (presented === 'private_key_jwt' && keys.length > 0)
  // At the authorization endpoint nobody proves anything yet; at the token endpoint only who has no secret may not.
  const method = proves ? presented : isPublic || isAuthorizing(Provider.ctx) ? 'none' : undefined
  if (method === undefined || (method === 'none' && uris.length === 0)) return undefined
  const codeGrants = [
    ...(uris.length > 0 ? ['authorization_code', 'refresh_token'] : []),
    ...(isPublic ? [deviceCodeGrant] : []),
  ]
  return {
    client_id: client.appId,
    client_name: client.displayName,
    id_token_signed_response_alg: algorithm,
    application_type: isPublic ? 'native' : 'web',
    token_endpoint_auth_method: method,
    grant_types: proves ? [...codeGrants, 'client_credentials'] : codeGrants,
    response_types: uris.length > 0 ? ['code'] : [],
    redirect_uris: uris,
    ...(method === 'client_secret_basic' && { client_secret: placeholderSecret }),
    ...(method === 'private_key_jwt' && { jwks: { keys } }),
    [servicePrincipal]: client.servicePrincipalId,
    [secretHashes]:
      method === 'client_secret_basic' ? secrets.map(({ hash, endAt }) => ({ hash, endAt })) : [],
  }
}

function isAuthorizing(ctx: KoaContextWithOIDC | undefined): boolean {
  return ctx?.oidc?.route !== 'token'
}

/** Secrets of registered clients are compared by their hashes; there may be several, each with an end of its own. */
export function compareSecretHashes(provider: Provider, ownClientId: string): void {
  const { prototype } = provider.Client
  const compareWithOne = prototype.compareClientSecret
  prototype.compareClientSecret = function compareClientSecret(actual) {
    if (this.clientId === ownClientId) return compareWithOne.call(this, actual)
    const given = Buffer.from(hashSecret(actual))
    const kept = this[secretHashes] as readonly { readonly hash: string; readonly endAt: number }[]
    const now = Date.now()
    return kept.some(({ hash, endAt }) => {
      const expected = Buffer.from(hash)
      return expected.length === given.length && timingSafeEqual(expected, given) && now < endAt
    })
  }
}
