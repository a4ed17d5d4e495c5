import { jwtVerify, SignJWT } from 'jose'
import type { Directory } from '../directory/directory.ts'
import type { Caller } from '../graph/call.ts'
import type { ProvenPerson } from '../identity/administration.ts'
import { globalAdministrator } from '../identity/roles.ts'

/** Who may have a token of their own. */
type Administrators = Pick<Directory, 'tokenPeople' | 'rolesOf'>

async function administers(
  { tokenPeople, rolesOf }: Administrators,
  personId: string,
  issuedAt: number,
): Promise<boolean> {
  const person = await tokenPeople.byToken(personId, undefined, issuedAt)
  return person !== undefined && (await rolesOf(personId)).includes(globalAdministrator.id)
}

const audience = 'sallyport-graph'

/**
 * A bearer token for the management API with the administrator's permission. With an `owner` it acts in their name, and
 * for as long as they administer, are not signed out everywhere, and policies have nothing against it.
 */
export function createApiToken(
  key: Uint8Array,
  lifetimeSeconds: number,
  owner?: ProvenPerson & { readonly userPrincipalName: string },
): Promise<string> {
  const about = owner && { oid: owner.personId, amr: owner.amr, auth_time: owner.signedInAt }
  const name = owner?.userPrincipalName ?? 'administrator'
  return new SignJWT({ name, ...about, roles: ['Directory.ReadWrite.All'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(`${lifetimeSeconds} s`)
    .sign(key)
}

/**
 * Whose token it is, what they may do, and of a person's how they had signed in; undefined when it is none of ours, or no
 * longer good.
 */
export async function verifyApiToken(
  key: Uint8Array,
  bearer: string,
  directory: Administrators,
): Promise<{ readonly caller: Caller; readonly proven?: ProvenPerson } | undefined> {
  try {
    const { payload } = await jwtVerify(bearer, key, { audience, algorithms: ['HS256'] })
    const roles = Array.isArray(payload['roles']) ? payload['roles'].map(String) : []
    const caller = { name: String(payload['name'] ?? ''), roles }
    const { oid, iat = 0 } = payload
    if (oid === undefined) return { caller }
    const personId = String(oid)
    if (!(await administers(directory, personId, iat * 1000))) return undefined
    const { amr, auth_time: signedInAt } = payload
    const methods = Array.isArray(amr) ? amr.map(String) : []
    const proven = { personId, amr: methods, signedInAt: Number(signedInAt ?? 0) }
    return { caller: { ...caller, personId }, proven }
  } catch {
    // Whatever is wrong with a token, its bearer only learns that it does not count.
    return undefined
  }
}
