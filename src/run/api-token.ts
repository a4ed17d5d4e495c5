import { jwtVerify, SignJWT } from 'jose'

const audience = 'sallyport-graph'

/** A bearer token for the management API with the administrator's permission; the audit trail says `name`. */
export function createApiToken(
  key: Uint8Array,
  lifetimeSeconds: number,
  name = 'administrator',
): Promise<string> {
  return new SignJWT({ name, roles: ['Directory.ReadWrite.All'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(`${lifetimeSeconds} s`)
    .sign(key)
}

/** Whose token it is, and what they may do; undefined when it is none of ours, or no longer good. */
export async function verifyApiToken(key: Uint8Array, bearer: string) {
  try {
    const { payload } = await jwtVerify(bearer, key, { audience, algorithms: ['HS256'] })
    const roles = Array.isArray(payload['roles']) ? payload['roles'].map(String) : []
    return { name: String(payload['name'] ?? ''), roles }
  } catch {
    // Whatever is wrong with a token, its bearer only learns that it does not count.
    return undefined
  }
}
