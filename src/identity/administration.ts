import type { Client, GateVerdict } from './access-gate.ts'

/** How somebody signed in at the embedded provider, as far as policies about administration want to know. */
export interface ProvenPerson {
  readonly personId: string
  readonly amr: readonly string[]
  /** Epoch seconds. */
  readonly signedInAt: number
}

/** What the embedded provider has to know of the management API, to which it gives people tokens. [S8] */
export interface Administration {
  /** In `aud` of its tokens. */
  readonly audience: string
  /** Whether the policies would let in a token that this sign-in gets, from there. */
  judge(who: ProvenPerson, client: Client): GateVerdict
}
