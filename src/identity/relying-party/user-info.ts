import * as client from 'openid-client'
import { personClaims } from '../claims.ts'
import type { SignedIn } from '../signed-in.ts'
import { claimAt, textsAt } from './claim-path.ts'
import type { ClaimNames } from './provider-settings.ts'

/**
 * The claims with what the ID token left out: some providers put names and groups only where they have to be fetched
 * (OIDC Core §5.3). What the ID token says counts more, since it is signed. The roles that the provider names are at
 * `roles`. Throws what openid-client throws, for another person's claims, too.
 */
export async function completeClaims(
  names: ClaimNames | undefined,
  config: client.Configuration,
  accessToken: string,
  signedIn: SignedIn,
): Promise<SignedIn> {
  const complete = await addUserInfo(names, config, accessToken, signedIn)
  if (names?.roles === undefined) return complete
  // Applications and policies find roles where Entra ID has them.
  const roles = textsAt(complete.claims, names.roles)
  return { ...complete, claims: { ...complete.claims, roles } }
}

async function addUserInfo(
  names: ClaimNames | undefined,
  config: client.Configuration,
  accessToken: string,
  signedIn: SignedIn,
): Promise<SignedIn> {
  if (!names || !config.serverMetadata().userinfo_endpoint) return signedIn
  const { userPrincipalName, displayName, email, groups, roles } = names
  const wanted = [userPrincipalName, displayName, email, groups, roles]
  const isMissing = (name: string | undefined) =>
    name !== undefined && claimAt(signedIn.claims, name) === undefined
  if (!wanted.some(isMissing)) return signedIn
  try {
    const more = await client.fetchUserInfo(config, accessToken, signedIn.subject)
    return { ...signedIn, claims: { ...personClaims(more), ...signedIn.claims } }
  } catch (thrown) {
    // The provider says that this token is good for nothing there: then what is missing is missing.
    if (thrown instanceof client.WWWAuthenticateChallengeError) return signedIn
    throw thrown
  }
}
