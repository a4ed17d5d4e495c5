import { embeddedProviderId, type SignedIn } from './signed-in.ts'

/** What a provider vouches for, changed as said, for tests that need a session and no sign-in. */
export function signedInAs(subject: string, changes: Partial<SignedIn> = {}): SignedIn {
  return {
    providerId: embeddedProviderId,
    issuer: 'https://login.contoso.test',
    subject,
    providerSessionId: undefined,
    idToken: 'e30.e30.e30',
    refreshToken: undefined,
    authenticatedAt: Date.now(),
    askedAt: Date.now(),
    amr: ['pwd'],
    tellsWhen: true,
    acr: undefined,
    claims: { sub: subject },
    ...changes,
  }
}
