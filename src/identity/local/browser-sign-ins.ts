/** One browser in which a person is signed in at the embedded provider. Times are epoch milliseconds. */
export interface BrowserSignIn {
  /** The provider session's own id, which never changes and opens nothing. */
  readonly id: string
  readonly personId: string
  readonly userAgent: string
  readonly address: string
  readonly signedInAt: number
  readonly lastSeenAt: number
  readonly expiresAt: number
  /** Which applications it has a session at, by name. */
  readonly applications: readonly string[]
}

/** Which sign-ins of a person are meant: one, or all, or all but one. */
export interface WhichSignIns {
  readonly personId: string
  readonly only?: string
  readonly except?: string
}

/** The sign-ins of people, for them to see and to end; the directory implements it. */
export interface BrowserSignIns {
  /** `sid` is what the edge knows this sign-in by. */
  note(signIn: Omit<BrowserSignIn, 'applications'>, sid: string | undefined): Promise<void>
  /** Those that still stand, the latest first. */
  of(personId: string): Promise<readonly BrowserSignIn[]>
  /** Ends them at the provider with all that came from them: sessions at applications, refresh tokens. [S9] */
  end(which: WhichSignIns): Promise<void>
  removeExpired(before: number): Promise<void>
}
