import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { clientKeyAlgorithm } from './client-authentication.ts'
import type { ClientKey, SealedAuthentication } from './identity-provider.ts'

/** How many keys are published: the one that signs, and the one before, for a provider that has not fetched them anew. */
const publishedMax = 2

/** A new key pair, the private half sealed by `seal`. */
export async function createClientKey(
  seal: (privateKey: string) => string,
  createdAt: number,
): Promise<ClientKey> {
  const pair = await generateKeyPair(clientKeyAlgorithm, { extractable: true })
  const publicKey = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint(publicKey)
  const privateKey = { ...(await exportJWK(pair.privateKey)), kid, alg: clientKeyAlgorithm }
  return { kid, publicKey, sealedKey: seal(JSON.stringify(privateKey)), createdAt }
}

/** The keys with a new one in front, and without those that are too old to be of use. */
export function withNewKey(keys: readonly ClientKey[], key: ClientKey): readonly ClientKey[] {
  return [key, ...keys].slice(0, publishedMax)
}

/** A JWK Set of the public halves (RFC 7517 §5); undefined for a client that has no keys. */
export function publishClientKeys(authentication: SealedAuthentication): string | undefined {
  if (authentication.method !== 'private_key_jwt') return undefined
  const keys = authentication.keys.map(({ kid, publicKey }) => ({
    ...publicKey,
    ...{ kid, alg: clientKeyAlgorithm, use: 'sig' },
  }))
  return JSON.stringify({ keys })
}
