/** Why a sign-in at the embedded provider went on, ended, or did not get there. */
export type SignInReason =
  | 'signed-in'
  | 'second-factor-needed'
  | 'set-up-needed'
  | 'new-password-needed'
  | 'unknown-person'
  | 'disabled'
  | 'wrong-password'
  | 'wrong-code'
  | 'used-code'
  | 'passkey-refused'
  | 'too-many-attempts'

/** One step of a sign-in, for the sign-in log. Never holds a secret, nor a name that nobody has: it may be a password. */
export interface SignInEvent {
  /** Epoch milliseconds. */
  readonly at: number
  /** Joins the steps of one sign-in; opens nothing. */
  readonly correlationId: string
  readonly outcome: 'success' | 'interrupted' | 'failure'
  readonly reason: SignInReason
  readonly personId: string | undefined
  readonly userPrincipalName: string | undefined
  /** What has been shown so far, as in `amr`. */
  readonly methods: readonly string[]
  /** The contexts that were asked for. */
  readonly asked: readonly string[]
  /** Whose sign-in it is; undefined for the edge's own, which tells itself what was to be entered. */
  readonly application: { readonly appId: string; readonly displayName: string } | undefined
  readonly address: string
  readonly userAgent: string
}

export type OnSignInEvent = (event: SignInEvent) => void
