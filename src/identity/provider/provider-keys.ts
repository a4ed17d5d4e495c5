import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'

/** Private signing keys of the embedded provider, the current one first. */
export interface ProviderKeys {
  readonly keys: readonly JWK[]
}

const algorithm = 'ES256'

/** A fresh key set, to be kept secret and kept: ID tokens of running sessions refer to it when signing out. */
export async function generateProviderKeys(): Promise<ProviderKeys> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const jwk = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { keys: [{ ...jwk, kid, alg: algorithm, use: 'sig' }] }
}
