/** What sign-in needs to know about an application. */
export interface GuardedApplication {
  readonly id: string
  /** Cookie names derive from it. */
  readonly appId: string
  readonly displayName: string
  /** Exact external and alternate origins; empty or partial for a wildcard application. */
  readonly origins: readonly string[]
  readonly cookie: {
    readonly httpOnly: boolean
    readonly secure: boolean
    readonly persistent: boolean
    readonly sameSite: 'Lax' | 'None'
  }
  /** undefined: the edge's own setting. */
  readonly sessionLifetimeSeconds: number | undefined
  /** Where its people sign in; undefined: where everybody does. */
  readonly identityProviderId?: string | undefined
}

/** The application with this id as it is published now. Several may share a host, so the host alone does not tell. [P2] */
export type ApplicationLookup = (id: string) => GuardedApplication | undefined
