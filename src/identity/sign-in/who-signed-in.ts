import type { Log } from '../../base/log.ts'
import { boundClaims } from '../claims.ts'
import type { PeopleStore, Person } from '../person.ts'
import { type Arrivals, readArrival } from '../relying-party/arrival.ts'
import type { RelyingParties } from '../relying-party/relying-parties.ts'
import type { SignedIn } from '../signed-in.ts'

/** The person in the directory whom a provider vouches for; undefined when there is none. Throws the store's faults. */
export async function findWhoSignedIn(
  context: {
    readonly providers: RelyingParties
    readonly people: PeopleStore
    readonly arrivals: Arrivals
    readonly settled?: () => Promise<void>
    readonly log: Log
  },
  signedIn: SignedIn,
): Promise<Person | undefined> {
  const { providers, people, arrivals, settled, log } = context
  const settings = providers.find(signedIn.providerId)?.settings
  if (!settings) return undefined
  if (!settings.people) return people.byId(signedIn.subject)
  const arrival = readArrival(settings, settings.people, signedIn)
  if (arrival.groupsWithheld) {
    const { providerId, subject } = signedIn
    log.warn(
      { providerId, subject },
      'the provider names no groups because there are too many; let it name only those of the application',
    )
  }
  const { dropped } = boundClaims(signedIn.claims)
  if (dropped.length > 0) {
    log.warn(
      { providerId: settings.id, dropped },
      'claims that are too long for a session are left out',
    )
  }
  const person = await arrivals.admit(arrival)
  await settled?.()
  return person
}
