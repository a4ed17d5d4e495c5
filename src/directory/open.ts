import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { PublishingLimits } from '../publishing/validate.ts'
import { accessPolicyMethods } from './access-policies.ts'
import { acmeStore } from './acme.ts'
import { activityMethods, removeActivities } from './activities.ts'
import { ApplicationCache } from './application-cache.ts'
import { applicationMethods } from './applications.ts'
import { arrivals } from './arrivals.ts'
import { assignmentMethods } from './assignments.ts'
import { readAudit, removeAudits } from './audit.ts'
import { authenticators } from './authenticators.ts'
import { browserSignIns } from './browser-sign-ins.ts'
import { certificateMethods } from './certificates.ts'
import type { ChangeFeed } from './change-feed.ts'
import { clientMethods } from './clients.ts'
import { connectorGroupMethods } from './connector-groups.ts'
import { connectorMethods } from './connectors.ts'
import { corsRefusalMethods } from './cors-refusals.ts'
import type { Directory } from './directory.ts'
import { enrolmentMethods } from './enrolment.ts'
import { failureCounts } from './failure-counts.ts'
import { firstAdministrator } from './first-administrator.ts'
import { groupMethods } from './groups.ts'
import { identityProviderMethods } from './identity-providers.ts'
import { migrate } from './migrations.ts'
import { namedLocationMethods } from './named-locations.ts'
import { ownersIn } from './owners.ts'
import { peopleMethods } from './people.ts'
import { providerRecords } from './provider-records.ts'
import { rehearse } from './rehearsal.ts'
import { roleMethods } from './roles.ts'
import { revisions } from './roll-back.ts'
import { sessionStore } from './sessions.ts'
import { signInLogMethods } from './sign-in-log.ts'
import { signInMethods } from './sign-ins.ts'
import { spentTokens } from './spent-tokens.ts'
import { openSqlite } from './sqlite.ts'
import { StateReader } from './state.ts'
import type { Storage } from './storage.ts'
import { Store } from './store.ts'
import { tokenLifetimeMethods } from './token-lifetimes.ts'
import { tokenPeople } from './token-people.ts'
import { vitalsOf } from './vitals.ts'

/** Segments of one application, unless the setting says otherwise. [P9] */
const DEFAULT_MAX_SEGMENTS = 50

export interface DirectorySettings {
  readonly clock: Clock
  readonly log: Log
  /** The most segments an application may have; 50 if unsaid. [P9] */
  readonly maxSegments?: number | undefined
  /** Hosts of the edge itself, which no application may have. */
  readonly reservedHosts?: ReadonlySet<string> | undefined
  /** The other processes on the same database; none if unsaid. */
  readonly feed?: ChangeFeed | undefined
}

/**
 * Opens the directory kept in the SQLite database `file`, which is made if missing (`:memory:`: one that is gone when
 * closed), and brings its schema up to date. Throws `storage-failed`, also for a database of a newer Sallyport,
 * `storage-full` or `storage-busy`.
 */
export async function openDirectory(
  options: DirectorySettings & { readonly file: string },
): Promise<Directory> {
  return createDirectory(openSqlite(options.file), options)
}

/** The directory in this storage, which it closes when it is disposed of. Throws as `openDirectory` does. */
export async function createDirectory(
  storage: Storage,
  settings: DirectorySettings,
): Promise<Directory> {
  try {
    await storage.write(async (rows) => {
      await migrate(rows)
      await storage.journal(rows)
    })
  } catch (error) {
    await storage[Symbol.asyncDispose]()
    throw error
  }
  return assemble(new Store(storage, settings.clock, settings.log, settings.feed), {
    maxSegments: settings.maxSegments ?? DEFAULT_MAX_SEGMENTS,
    reservedHosts: settings.reservedHosts ?? new Set(),
  })
}

function assemble(store: Store, limits: PublishingLimits): Directory {
  const cache = new ApplicationCache()
  const states = new StateReader(cache)
  return {
    limits,
    state: () => store.read((rows) => states.read(rows)),
    vitals: vitalsOf(store),
    onChange: (listener) => store.onChange(listener),
    revisions: revisions(store, limits),
    owners: ownersIn(store),
    together: (change, work) =>
      store.together(change, (inside, ...own) => work(assemble(inside, limits), ...own)),
    rehearse: (change, work) =>
      rehearse(store, change, (inside, ...own) => work(assemble(inside, limits), ...own)),
    asOfNow: (work) => store.read((rows) => work(assemble(store.inside(rows), limits))),
    ...applicationMethods(store, cache, limits),
    ...peopleMethods(store),
    ...identityProviderMethods(store),
    ...signInLogMethods(store),
    ...groupMethods(store),
    ...assignmentMethods(store),
    ...clientMethods(store, cache),
    tokenPeople: tokenPeople(store),
    ...connectorMethods(store),
    ...connectorGroupMethods(store),
    ...enrolmentMethods(store),
    ...corsRefusalMethods(store),
    ...signInMethods(store),
    ...certificateMethods(store),
    ...tokenLifetimeMethods(store),
    ...accessPolicyMethods(store),
    ...namedLocationMethods(store),
    arrivals: arrivals(store),
    sessions: sessionStore(store),
    providerRecords: providerRecords(store),
    authenticators: authenticators(store),
    browserSignIns: browserSignIns(store),
    firstAdministrator: firstAdministrator(store),
    ...roleMethods(store),
    failureCounts: failureCounts(store),
    spentTokens: spentTokens(store),
    acme: acmeStore(store),
    audit: (limit) => store.read((rows) => readAudit(rows, limit)),
    ...activityMethods(store),
    removeAudits: (before) =>
      store.storage.write(async (rows) => {
        await removeAudits(rows, before)
        await removeActivities(rows, before)
      }),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}
