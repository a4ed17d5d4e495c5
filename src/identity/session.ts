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
}

/** What only a refresh or a sign-out needs: read from the store when needed, never cached, sealed at rest. */
export interface SessionTokens {
  readonly idToken: string
  readonly refreshToken: string | undefined
}

/** What a refresh may change of a session; what is left out stays. */
export type SessionChanges = Partial<
  Pick<
    Session,
    | 'userPrincipalName'
    | 'displayName'
    | 'providerSessionId'
    | 'expiresAt'
    | 'authenticatedAt'
    | 'amr'
    | 'acr'
    | 'claims'
  >
>

/** What ends sessions: one of them, all of one sign-in at a provider, or all of a person. */
export type Revocation =
  | { readonly sessionId: string }
  | { readonly providerId: string; readonly providerSessionId: string }
  | { readonly personId: string }
  | { readonly applicationId: string }

/** Where sessions live; the directory implements it. Tokens come and go as sealed texts, for which it has no key. */
export interface SessionStore {
  create(session: Session, sealedTokens: string): Promise<void>
  find(id: string): Promise<Session | undefined>
  /** The sealed tokens of a live session. */
  tokensOf(id: string): Promise<string | undefined>
  /** Changes a live session, in one step; undefined when it ended meanwhile. Without `sealedTokens` those stay. */
  replace(
    id: string,
    changes: SessionChanges,
    sealedTokens: string | undefined,
  ): Promise<Session | undefined>
  /** Returns the ids that ended. */
  revoke(which: Revocation): Promise<readonly string[]>
  removeExpired(before: number): Promise<void>
  /** Called after each commit that ended sessions before their time, with their ids. Returns how to stop. */
  onEnded(listener: (ids: readonly string[]) => void): () => void
}
