import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Directory } from '../directory/directory.ts'
import { AccessJudge } from '../edge/access-judge.ts'
import { clientAddress, trustProxies } from '../http/forwarded.ts'
import { SignInJournal } from '../identity/sign-in/sign-in-journal.ts'
import { keepCountries } from './countries.ts'
import type { EdgeSettings } from './edge-settings.ts'
import { SignInCounts } from './sign-in-counts.ts'
import { keepSignIns } from './sign-in-log.ts'
import type { Snapshots } from './snapshot.ts'

/**
 * Conditional access of one edge, with what it is told about proxies and countries, and the log of who came. Rejects as
 * `keepCountries` does.
 */
export async function createAccess(
  settings: Pick<EdgeSettings, 'trustedProxies' | 'countriesFile'>,
  snapshots: Pick<Snapshots, 'current'>,
  directory: Pick<Directory, 'addSignIns'>,
  log: Log,
) {
  const trustedProxies = trustProxies(settings.trustedProxies)
  const countries = await keepCountries(settings.countriesFile, log)
  const accessJudge = new AccessJudge({
    clock: systemClock,
    trustedProxies,
    countryOf: countries.countryOf,
    current: () => snapshots.current.conditionalAccess,
  })
  const kept = keepSignIns(directory, log)
  const signIns = new SignInCounts(kept)
  const journal = new SignInJournal({
    log: signIns,
    clock: systemClock,
    addressOf: ({ peer, headers }) => clientAddress(peer, headers, trustedProxies),
    policiesOf: (...signIn) => accessJudge.appliedPolicies(...signIn),
    application: (id) => snapshots.current.routes.applications.get(id),
  })
  const stop = () => {
    countries.stop()
    return kept.stop()
  }
  return { accessJudge, trustedProxies, countryOf: countries.countryOf, journal, signIns, stop }
}
