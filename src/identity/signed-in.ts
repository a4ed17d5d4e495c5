/** The provider id of the embedded provider. */
export const embeddedProviderId = 'embedded'

/** What a provider vouches for at the end of a sign-in, checked. Times are epoch milliseconds. */
export interface SignedIn {
  readonly providerId: string
  readonly issuer: string
  /** `sub`: unique within the issuer, and never given to somebody else (OIDC Core §2). */
  readonly subject: string
  readonly providerSessionId: string | undefined
  readonly idToken: string
  readonly refreshToken: string | undefined
  readonly authenticatedAt: number
  /** When the provider was asked: what is taken from the person later counts for more. */
  readonly askedAt: number
  /** Whether the provider said when (`auth_time`); else it is the end of the sign-in. */
  readonly tellsWhen: boolean
  readonly amr: readonly string[]
  readonly acr: string | undefined
  /** Every claim about the person, however many there are. */
  readonly claims: Readonly<Record<string, unknown>>
}
