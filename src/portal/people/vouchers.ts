import type { IdentityProvider } from '../api/types.ts'

/** One way by which a person is known. */
export interface Identity {
  readonly signInType: string
  readonly issuer: string
  readonly issuerAssignedId: string
}

/** Who vouches for a person, by names; a provider that is gone, or may not be read, by its address. */
export function vouchers(
  identities: readonly Identity[],
  providers: readonly Pick<IdentityProvider, 'issuer' | 'displayName'>[],
): readonly string[] {
  return identities.map(({ signInType, issuer }) => {
    if (signInType !== 'federated') return 'This edge, by a user name of its own'
    return providers.find((provider) => provider.issuer === issuer)?.displayName ?? issuer
  })
}
