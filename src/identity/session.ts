/** One signed-in person at one application, on all of its hosts: what every edge caches. Times are epoch milliseconds. */
export interface Session {
  readonly id: string
  readonly personId: string
  readonly userPrincipalName: string
  readonly displayName: string
  readonly applicationId: string
  /** Which provider vouched for the person. */
  readonly providerId: string
  /** The provider's own session (`sid`), which ties the sessions of one sign-in together. */
  readonly providerSessionId: string | undefined
  readonly createdAt: number
  readonly expiresAt: number
  /** When the person last proved who they are: `auth_time`, else when the sign-in ended. */
  readonly authenticatedAt: number
  /** How: `amr` and `acr` of the ID token (RFC 8176, OIDC Core §2). */
  readonly amr: readonly string[]
  readonly acr: string | undefined
  /** What policies and header mappings may use, as the provider said it; 8 KiB of JSON at most. */
  readonly claims: Readonly<Record<string, unknown>>
  /** When the provider was last asked about the person, and vouched. */
  readonly verifiedAt: number
  /** Whether the provider gave what it takes to ask it again without the browser. */
  readonly refreshable: boolean
  /** The last use that the store was told of. */
  readonly seenAt: number
}

/** What only a refresh or a sign-out needs: read from the store when needed, never cached, sealed at rest. */
export interface SessionTokens {
  readonly idToken: string
  readonly refreshToken: string | undefined
}

/** What a refresh changes of a session; what is left out stays. */
export type SessionChanges = Pick<Session, 'verifiedAt'> &
  Partial<Pick<Session, 'userPrincipalName' | 'displayName' | 'providerSessionId' | 'claims'>>

/** Who renews a session, and since when. Times are epoch milliseconds. */
export interface RenewalClaim {
  readonly now: number
  /** Whoever has not settled it by then has died. */
  readonly leaseUntil: number
  /** The `verifiedAt` that the claimer knows. */
  readonly knownAt: number
  /** Milliseconds within which the provider takes a refresh token a second time. */
  readonly reuseMs: number
}

/** Whether a session may be renewed by who asked. */
export type Claimed =
  | { readonly kind: 'claimed'; readonly sealedTokens: string }
  /** Somebody else has renewed it. */
  | { readonly kind: 'renewed'; readonly session: Session }
  /** Somebody else is at it. */
  | { readonly kind: 'busy' }
  /** Its refresh token may have been used, and nobody knows what came of it. */
  | { readonly kind: 'spent' }
  | { readonly kind: 'ended' }

/** What ends sessions: one of them, all of one sign-in at a provider, or all of a person. */
export type Revocation =
  | { readonly sessionId: string }
  | { readonly providerId: string; readonly providerSessionId: string }
  /** Whom a provider knows as this, as far as it vouched for them. */
  | { readonly providerId: string; readonly issuer: string; readonly subject: string }
  | { readonly personId: string }
  | { readonly applicationId: string }

/** Where sessions live; the directory implements it. Tokens come and go as sealed texts, for which it has no key. */
export interface SessionStore {
  create(session: Session, sealedTokens: string): Promise<void>
  find(id: string): Promise<Session | undefined>
  /** The sealed tokens of a live session. */
  tokensOf(id: string): Promise<string | undefined>
  /** Takes on a renewal, in one step: of several that ask, one gets the tokens. */
  claimRenewal(id: string, claim: RenewalClaim): Promise<Claimed>
  /**
   * Keeps what came of a renewal, in one step, and never for a session that ended meanwhile (undefined). One that
   * somebody else has renewed since `knownAt` stays as that left it.
   */
  settleRenewal(
    id: string,
    knownAt: number,
    changes: SessionChanges,
    sealedTokens: string,
  ): Promise<Session | undefined>
  /** Gives a renewal back; `unused`: the refresh token was certainly not sent. */
  releaseRenewal(id: string, knownAt: number, unused: boolean): Promise<void>
  /** Session id → when it was last used. */
  noteUse(seen: ReadonlyMap<string, number>): Promise<void>
  /** Returns the ids that ended. */
  revoke(which: Revocation): Promise<readonly string[]>
  removeExpired(before: number): Promise<void>
  /** Called after each commit that ended sessions before their time, with their ids. Returns how to stop. */
  onEnded(listener: (ids: readonly string[]) => void): () => void
}
