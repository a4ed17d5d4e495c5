import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { AccessJudge } from '../edge/access-judge.ts'
import { trustProxies } from '../http/forwarded.ts'
import { keepCountries } from './countries.ts'
import type { EdgeSettings } from './edge-settings.ts'
import type { Snapshots } from './snapshot.ts'

/** Conditional access of one edge, with what it is told about proxies and countries. Rejects as `keepCountries` does. */
export async function createAccess(
  settings: Pick<EdgeSettings, 'trustedProxies' | 'countriesFile'>,
  snapshots: Pick<Snapshots, 'current'>,
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
  return { accessJudge, trustedProxies, stop: () => countries.stop() }
}
