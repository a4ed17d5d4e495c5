import type { Log } from '../base/log.ts'
import type { TrustedProxies } from '../http/forwarded.ts'
import type { Sessions } from '../identity/session/sessions.ts'
import type { SignIn } from '../identity/sign-in/sign-in.ts'
import type { SignInJournal } from '../identity/sign-in/sign-in-journal.ts'
import type { Access } from '../policy/access.ts'
import type { ConditionalAccess } from '../policy/compile.ts'
import type { Memberships } from '../policy/memberships.ts'
import type { TokenLifetimes } from '../policy/token-lifetime.ts'
import type { RouteTable } from '../publishing/route-table.ts'
import type { LinkHub, Links } from '../tunnel/edge-end.ts'
import type { AccessJudge } from './access-judge.ts'
import type { BearerTokens } from './bearer-tokens.ts'
import type { CorsTally } from './cors-tally.ts'
import type { Entrances } from './entrances.ts'
import type { IdentityFields } from './identity-fields.ts'
import type { LiveStreams } from './live-streams.ts'
import type { CertificateOf } from './misdirected.ts'
import type { Overload } from './overload.ts'
import type { Recorder } from './recorder.ts'
import type { OwnPlaces } from './request.ts'
import type { Sites } from './site.ts'

/** Everything the edge decides from, compiled; immutable and swapped whole, so every request sees one version. */
export interface Snapshot {
  readonly version: number
  readonly routes: RouteTable
  readonly access: Access
  readonly memberships: Memberships
  /** Clients that may speak for themselves: app id → id of the service principal. [S10] */
  readonly principals: ReadonlyMap<string, string>
  readonly conditionalAccess: ConditionalAccess
  readonly defaultGroupId: string
  readonly tokenLifetimes: TokenLifetimes
}

/** What the pipeline works with. Only `snapshot` ever changes. */
export interface Edge {
  snapshot: Snapshot
  readonly hub: LinkHub
  /** The hub's, and those of other processes of this edge. */
  readonly links: Links
  readonly sessions: Sessions
  readonly signIn: SignIn
  readonly accessJudge: AccessJudge
  readonly live: LiveStreams
  /** What never ends by itself, by application. */
  readonly endless: LiveStreams
  readonly corsTally: CorsTally
  readonly recorder: Recorder
  /** What answers lead to; none in tests of the pipeline alone. */
  readonly places: OwnPlaces | undefined
  readonly overload: Pick<Overload, 'load' | 'take'>
  /** Proxies in front whose X-Forwarded-For is believed; nobody by default. [F2] */
  readonly trustedProxies: TrustedProxies | undefined
  /** Which certificate a host has, to tell requests that came on another's connection. */
  readonly certificateOf: CertificateOf
  readonly entrances: Entrances
  readonly identityFields: IdentityFields
  readonly bearerTokens: BearerTokens
  readonly journal: SignInJournal
  /** What the edge answers itself to people who signed in. [G5] */
  readonly sites: Sites
  readonly log: Log
}
