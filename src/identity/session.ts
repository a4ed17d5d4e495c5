/** One signed-in person at one application, on all of its hosts. Times are epoch milliseconds. */
export interface Session {
  readonly id: string
  readonly personId: string
  readonly userPrincipalName: string
  readonly displayName: string
  readonly applicationId: string
  /** The provider's own session (`sid`), which ties the sessions of one sign-in together. */
  readonly providerSessionId: string | undefined
  /** Kept for RP-initiated logout. */
  readonly idToken: string
  readonly createdAt: number
  readonly expiresAt: number
}

/** What ends sessions: one of them, all of one sign-in at the provider, or all of a person. */
export type Revocation =
  | { readonly sessionId: string }
  | { readonly providerSessionId: string }
  | { readonly personId: string }
  | { readonly applicationId: string }

/** Where sessions live; the directory implements it. */
export interface SessionStore {
  create(session: Session): Promise<void>
  find(id: string): Promise<Session | undefined>
  /** Returns the ids that ended. */
  revoke(which: Revocation): Promise<readonly string[]>
  removeExpired(before: number): Promise<void>
  /** Called after each commit that ended sessions before their time, with their ids. Returns how to stop. */
  onEnded(listener: (ids: readonly string[]) => void): () => void
}
