import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Directory } from '../directory/directory.ts'
import { refreshRetrySeconds } from '../identity/provider-storage.ts'
import type { RelyingParties } from '../identity/relying-party/relying-parties.ts'
import { Renewals } from '../identity/session/renewals.ts'
import type { Sessions } from '../identity/session/sessions.ts'
import type { SignInJournal } from '../identity/sign-in/sign-in-journal.ts'
import { findWhoSignedIn } from '../identity/sign-in/who-signed-in.ts'
import { embeddedProviderId } from '../identity/signed-in.ts'
import { type TokenLifetimes, tokenLifetimeSeconds } from '../policy/token-lifetime.ts'
import type { Keys } from './keys.ts'
import { openTokenVault } from './sessions.ts'
import type { Snapshots } from './snapshot.ts'

// A process that asks again may take this long from looking at the clock to reaching the provider.
const marginMs = 5_000

/** From now on sessions last as the policies say, at once when these change, and are renewed at the provider. [S6] */
export function keepSessionsRenewed(parts: {
  readonly sessions: Sessions
  readonly providers: RelyingParties
  readonly directory: Pick<Directory, 'sessions' | 'people' | 'arrivals'>
  readonly keys: Pick<Keys, 'seal'>
  readonly snapshots: Snapshots
  /** Without use for so long a session ends; undefined: never. */
  readonly idleSeconds: number | undefined
  readonly journal: SignInJournal
  readonly log: Log
}): Renewals {
  const { sessions, providers, directory, keys, snapshots, idleSeconds, journal, log } = parts
  const { people, arrivals } = directory
  const settled = () => snapshots.settled()
  const renewals = new Renewals({
    store: directory.sessions,
    vault: openTokenVault(keys),
    refresh: ({ providerId }, tokens) => providers.refresh(providerId, tokens),
    person: (signedIn) => findWhoSignedIn({ providers, people, arrivals, settled, log }, signedIn),
    reuseMs: (id) => (id === embeddedProviderId ? refreshRetrySeconds * 1000 - marginMs : 0),
    end: (sessionId) => sessions.end({ sessionId }),
    clock: systemClock,
    tell: (session, result) => journal.renewed(session, result),
    log,
  })
  const idleMs = idleSeconds === undefined ? undefined : idleSeconds * 1000
  sessions.renewBy(renewals)
  snapshots.follow(({ tokenLifetimes }) => {
    sessions.govern({ accessMs: (id) => lifetimeMs(tokenLifetimes, id), idleMs })
  })
  return renewals
}

function lifetimeMs(lifetimes: TokenLifetimes, applicationId: string): number {
  return tokenLifetimeSeconds(lifetimes, applicationId) * 1000
}
