import type { RawHeaders } from '../http/headers.ts'
import type { GuardedApplication } from './guarded.ts'
import type { Session } from './session.ts'
import type { SignedIn } from './signed-in.ts'

/** What a sign-in has to bring, beyond that somebody signed in. */
export interface Demand {
  readonly multiFactor: boolean
  /** The sign-in may be no older; undefined: as old as it likes. */
  readonly maxAgeSeconds: number | undefined
}

export interface PolicyName {
  readonly id: string
  readonly displayName: string
}

/** Why a signed-in person may not enter, and the policy that decided. */
export type GateRefusal =
  | { readonly code: 'blocked-by-policy'; readonly policy: PolicyName }
  | {
      readonly code: 'mfa-required' | 'sign-in-too-old'
      readonly policy: PolicyName
      readonly demand: Demand
    }

export type GateVerdict =
  | {
      readonly allowed: true
      /** Epoch milliseconds at which a new verdict is due, because the sign-in gets too old. */
      readonly until: number
      readonly persistentBrowser: 'always' | 'never' | undefined
    }
  | { readonly allowed: false; readonly because: GateRefusal }

/** How one policy judged one sign-in, in Graph's words, for the log. */
export interface AppliedPolicy {
  readonly id: string
  readonly displayName: string
  readonly result: AppliedResult
  readonly grantControls: readonly ('Block' | 'Mfa')[]
  readonly sessionControls: readonly ('SignInFrequency' | 'PersistentBrowserSessionMode')[]
}

export type AppliedResult =
  | 'success'
  | 'failure'
  | 'notApplied'
  | 'notEnabled'
  | 'reportOnlySuccess'
  | 'reportOnlyFailure'
  /** The person would have had to do something. */
  | 'reportOnlyInterrupted'
  | 'reportOnlyNotApplied'

/** Somebody at the end of a sign-in, or with a session. */
export type Judged = Session | { readonly personId: string; readonly signedIn: SignedIn }

/** Who asks, as far as policies want to know. */
export interface Client {
  /** Address of the socket's peer, which may be a proxy. */
  readonly peer: string
  readonly headers: RawHeaders
}

/** The policies, as the sign-in asks them. They hold for the application as a whole, all hosts alike. [S8] */
export interface AccessGate {
  /** At the end of a sign-in, before there is a session. */
  judgeSignIn(
    app: GuardedApplication,
    personId: string,
    signedIn: SignedIn,
    client: Client,
  ): GateVerdict
  judgeSession(app: GuardedApplication, session: Session, client: Client): GateVerdict
  /** What every policy says to a sign-in, those in report-only as well. */
  appliedPolicies(app: GuardedApplication, who: Judged, client: Client): readonly AppliedPolicy[]
}
