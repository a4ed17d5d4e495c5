import type { Clock } from '../base/clock.ts'
import { detached } from '../http/detached.ts'
import { clientAddress, type TrustedProxies } from '../http/forwarded.ts'
import { fieldValue } from '../http/headers.ts'
import type {
  AccessGate,
  AppliedPolicy,
  Client,
  GateVerdict,
  Judged,
} from '../identity/access-gate.ts'
import type { Session } from '../identity/session.ts'
import type { SignedIn } from '../identity/signed-in.ts'
import type { ClientKind } from '../policy/access-policy.ts'
import { parseAddress } from '../policy/address.ts'
import { appliedPolicies } from '../policy/applied-policies.ts'
import type {
  ConditionalAccess,
  EnforcedPolicies,
  Needs,
  PolicedApplication,
} from '../policy/compile.ts'
import type { CountryOf } from '../policy/country-database.ts'
import { type AccessFacts, decideAccess, type SignInProof } from '../policy/evaluate.ts'
import { detectPlatform } from '../policy/platform.ts'
import { provesMultiFactor } from '../policy/proof.ts'
import { isByToken, isProgram } from './bearer-tokens.ts'

/** What a verdict on a session was made from, and until when it holds. */
interface Kept {
  readonly policies: EnforcedPolicies
  readonly address: string | undefined
  readonly hint: string | undefined
  readonly agent: string | undefined
  readonly verdict: GateVerdict
  /** Epoch milliseconds. */
  readonly until: number
}

const allowed: GateVerdict = {
  allowed: true,
  until: Number.POSITIVE_INFINITY,
  persistentBrowser: undefined,
}

const everything: Needs = { platform: true, address: true, country: true }

/**
 * Conditional access at the edge: every request is judged, and judged anew only when its session, its address, its
 * platform or the policies are others than the last time, or when the sign-in gets too old. [S8]
 */
export class AccessJudge implements AccessGate {
  readonly #clock: Clock
  readonly #trustedProxies: TrustedProxies | undefined
  readonly #countryOf: CountryOf
  readonly #current: () => ConditionalAccess
  readonly #judged = new WeakMap<Session, Kept>()

  constructor(options: {
    readonly clock: Clock
    readonly trustedProxies: TrustedProxies | undefined
    readonly countryOf: CountryOf
    /** What holds now; for sign-ins and open streams, which have no snapshot of their own. */
    readonly current: () => ConditionalAccess
  }) {
    this.#clock = options.clock
    this.#trustedProxies = options.trustedProxies
    this.#countryOf = options.countryOf
    this.#current = options.current
  }

  /** Judges a request by the policies of its snapshot, which are those of the application. */
  judge(
    policies: EnforcedPolicies,
    app: PolicedApplication,
    session: Session,
    client: Client,
  ): GateVerdict {
    const { needs } = policies
    const address = needs.address ? this.#addressOf(client) : undefined
    const hint = needs.platform ? fieldValue(client.headers, platformHint) : undefined
    const agent = needs.platform ? fieldValue(client.headers, 'user-agent') : undefined
    const last = this.#judged.get(session)
    if (
      last !== undefined &&
      last.policies === policies &&
      last.address === address &&
      last.hint === hint &&
      last.agent === agent &&
      this.#clock() < last.until
    ) {
      return last.verdict
    }
    const facts = this.#factsOf(app, session.personId, client, needs, kindOf(session))
    // Policies are about people.
    const verdict = isProgram(session)
      ? allowed
      : decideAccess(policies.policies, facts, proofOf(session), this.#clock())
    const until = verdict.allowed ? verdict.until : Number.POSITIVE_INFINITY
    const kept = { address: copyOf(address), hint: copyOf(hint), agent: copyOf(agent) }
    this.#judged.set(session, { policies, ...kept, verdict, until })
    return verdict
  }

  judgeSession(app: PolicedApplication, session: Session, client: Client): GateVerdict {
    const policies = this.#current().enforced.get(app.id)
    return policies ? this.judge(policies, app, session, client) : allowed
  }

  judgeSignIn(
    app: PolicedApplication,
    personId: string,
    signedIn: SignedIn,
    client: Client,
  ): GateVerdict {
    const policies = this.#current().enforced.get(app.id)
    if (!policies) return allowed
    const facts = this.#factsOf(app, personId, client, policies.needs, 'browser')
    const now = this.#clock()
    return decideAccess(policies.policies, facts, proofOfSignIn(signedIn, now), now)
  }

  appliedPolicies(app: PolicedApplication, who: Judged, client: Client): readonly AppliedPolicy[] {
    const { policies } = this.#current()
    const isSignIn = 'signedIn' in who
    if (policies.length === 0 || (!isSignIn && isProgram(who))) return []
    const now = this.#clock()
    const kind = isSignIn ? 'browser' : kindOf(who)
    const facts = this.#factsOf(app, who.personId, client, everything, kind)
    const proof = isSignIn ? proofOfSignIn(who.signedIn, now) : proofOf(who)
    return appliedPolicies(policies, facts, proof, now)
  }

  #factsOf(
    app: PolicedApplication,
    personId: string,
    client: Client,
    needs: Needs,
    kind: ClientKind,
  ): AccessFacts {
    const address = needs.address ? this.#addressOf(client) : undefined
    return {
      personId,
      applicationId: app.id,
      appId: app.appId,
      client: kind,
      platform: needs.platform
        ? detectPlatform(
            fieldValue(client.headers, platformHint),
            fieldValue(client.headers, 'user-agent'),
          )
        : undefined,
      place: {
        address: address === undefined ? undefined : parseAddress(address),
        country: needs.country && address !== undefined ? this.#countryOf(address) : undefined,
      },
    }
  }

  #addressOf({ peer, headers }: Client): string {
    return clientAddress(peer, headers, this.#trustedProxies)
  }
}

function kindOf(session: Session): ClientKind {
  return isByToken(session) ? 'mobileAppsAndDesktopClients' : 'browser'
}

// Kept as long as the session: a piece of a request's head would keep all of it alive.
function copyOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : detached(text)
}

const platformHint = 'sec-ch-ua-platform'

// Programs renew their tokens by themselves for months: when a token was made says nothing about when its person was there.
function proofOf(session: Session): SignInProof {
  const tellsWhen = !isByToken(session) || typeof session.claims['auth_time'] === 'number'
  return {
    authenticatedAt: tellsWhen ? session.authenticatedAt : 0,
    startedAt: session.createdAt,
    multiFactor: provesMultiFactor(session),
  }
}

// Whoever does not say when somebody signed in has not shown that it was lately; asked for it, a provider must say so
// (OIDC Core §2, `auth_time`).
function proofOfSignIn(signedIn: SignedIn, now: number): SignInProof {
  return {
    authenticatedAt: signedIn.tellsWhen ? signedIn.authenticatedAt : 0,
    startedAt: now,
    multiFactor: provesMultiFactor(signedIn),
  }
}
