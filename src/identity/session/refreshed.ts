import type { SignedIn } from '../signed-in.ts'

/** What came of a refresh token. */
export type Refreshed =
  | {
      /** Absent where the provider sent no ID token: then nothing is new but the tokens. */
      readonly signedIn: SignedIn | undefined
      /** Absent where the old one goes on. */
      readonly refreshToken: string | undefined
    }
  /** The provider does not vouch for the person any more, or its answer broke a rule. */
  | { readonly refused: 'invalid-grant' | 'rejected'; readonly cause: string }
  /** `unsent`: the token was certainly not used. */
  | { readonly unanswered: 'unsent' | 'unknown'; readonly cause: string }
