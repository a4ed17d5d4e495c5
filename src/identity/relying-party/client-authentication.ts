import { importJWK } from 'jose'
import * as client from 'openid-client'
import type { ClientAuthentication } from './provider-settings.ts'

/** Keys with which the edge signs its assertions: elliptic, as short as they are strong. */
export const clientKeyAlgorithm = 'ES256'

/** What adds the edge's proof to a request at the token endpoint. */
export async function authenticateClient(how: ClientAuthentication): Promise<client.ClientAuth> {
  if (how.method === 'private_key_jwt') {
    const key = await importJWK(how.key, clientKeyAlgorithm)
    if (key instanceof Uint8Array) throw new TypeError('the key of a client must be a private key')
    return client.PrivateKeyJwt(how.key.kid === undefined ? key : { key, kid: how.key.kid })
  }
  const post = client.ClientSecretPost(how.secret)
  const basic = client.ClientSecretBasic(how.secret)
  if (how.method === 'client_secret_post') return post
  if (how.method === 'client_secret_basic') return basic
  // Basic only where the provider takes nothing else: it garbles secrets with special characters at some of them.
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported
    const onlyBasic = methods !== undefined && !methods.includes('client_secret_post')
    return (onlyBasic ? basic : post)(server, ...rest)
  }
}
