import { jwtVerify, SignJWT } from 'jose'
import type { Directory } from '../directory/directory.ts'
import type { Person } from '../identity/person.ts'
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
 * A bearer token for the management API with the administrator's permission. With a `person` it acts in their name, and
 * for as long as they administer and are not signed out everywhere.
 */
export function createApiToken(
  key: Uint8Array,
  lifetimeSeconds: number,
  person?: Pick<Person, 'id' | 'userPrincipalName'>,
): Promise<string> {
  const owner = person && { oid: person.id }
  const name = person?.userPrincipalName ?? 'administrator'
  return new SignJWT({ name, ...owner, roles: ['Directory.ReadWrite.All'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(`${lifetimeSeconds} s`)
    .sign(key)
}

/** Whose token it is, and what they may do; undefined when it is none of ours, or no longer good. */
export async function verifyApiToken(key: Uint8Array, bearer: string, directory: Administrators) {
  try {
    const { payload } = await jwtVerify(bearer, key, { audience, algorithms: ['HS256'] })
    const roles = Array.isArray(payload['roles']) ? payload['roles'].map(String) : []
    const { oid, iat = 0 } = payload
    if (oid !== undefined && !(await administers(directory, String(oid), iat * 1000))) {
      return undefined
    }
    const personId = oid === undefined ? undefined : String(oid)
    return { name: String(payload['name'] ?? ''), personId, roles }
  } catch {
    // Whatever is wrong with a token, its bearer only learns that it does not count.
    return undefined
  }
}
