import type { Access } from '../policy/access.ts'
import type { Memberships } from '../policy/memberships.ts'
import { readAssigned } from './access-rows.ts'
import { readChallenges } from './acme.ts'
import type { ApplicationCache } from './application-cache.ts'
import { readCertificates } from './certificates.ts'
import type { DirectoryState } from './directory.ts'
import { readIdentityProviders } from './identity-providers.ts'
import { readMemberships } from './membership-rows.ts'
import { readPolicySources } from './policy-rows.ts'
import type { Rows } from './storage.ts'
import { readTokenLifetimes } from './token-lifetimes.ts'

/**
 * Compiles states, reading again only what has changed since the last one. A state is shared by all who ask for it:
 * never edit one.
 */
export class StateReader {
  readonly #cache: ApplicationCache
  #last: DirectoryState | undefined
  #assigned: Access['assigned'] = new Map()
  #memberships: Memberships = {
    groupsOf: new Map(),
    assignedGroups: new Map(),
    rolesAt: new Map(),
  }
  #assignedVersion = 0
  #certified: Pick<DirectoryState, 'certificates' | 'challenges'> = {
    certificates: [],
    challenges: [],
  }
  #certifiedVersion = 0
  #policies: DirectoryState['policies'] | undefined
  #policiesVersion = 0

  constructor(cache: ApplicationCache) {
    this.#cache = cache
  }

  async read(rows: Rows): Promise<DirectoryState> {
    const revisions = rows.selectFrom('revision').selectAll()
    const { version, ...versions } = await revisions.executeTakeFirstOrThrow()
    if (this.#last?.version === version) return this.#last
    const applications = await this.#cache.readAll(rows)
    const open = applications.filter((application) => !application.assignmentRequired)
    const openToAll = new Set(open.map((application) => application.id))
    this.#last = {
      version,
      applications,
      ...(await this.#readAccess(rows, versions.access_version, openToAll)),
      ...(await readConnectors(rows)),
      defaultGroupId: await readDefaultGroupId(rows),
      tokenLifetimes: await readTokenLifetimes(rows),
      identityProviders: await readIdentityProviders(rows),
      ...(await this.#readCertified(rows, versions.certificate_version)),
      policies: await this.#readPolicies(rows, versions),
    }
    return this.#last
  }

  async #readAccess(
    rows: Rows,
    version: number,
    openToAll: Access['openToAll'],
  ): Promise<Pick<DirectoryState, 'access' | 'memberships'>> {
    if (version !== this.#assignedVersion) {
      this.#assigned = await readAssigned(rows)
      this.#memberships = await readMemberships(rows)
    }
    this.#assignedVersion = version
    return { access: { assigned: this.#assigned, openToAll }, memberships: this.#memberships }
  }

  /** Who is in the groups that they name changes with access. */
  async #readPolicies(
    rows: Rows,
    versions: { readonly access_version: number; readonly policy_version: number },
  ): Promise<DirectoryState['policies']> {
    const version = Math.max(versions.access_version, versions.policy_version)
    if (!this.#policies || version !== this.#policiesVersion) {
      this.#policies = await readPolicySources(rows)
    }
    this.#policiesVersion = version
    return this.#policies
  }

  async #readCertified(rows: Rows, version: number) {
    if (version !== this.#certifiedVersion) {
      const certificates = await readCertificates(rows)
      this.#certified = { certificates, challenges: await readChallenges(rows) }
    }
    this.#certifiedVersion = version
    return this.#certified
  }
}

async function readConnectors(
  rows: Rows,
): Promise<Pick<DirectoryState, 'connectorGroups' | 'drainedConnectors'>> {
  const all = rows.selectFrom('connector').select(['id', 'group_id', 'drain_seconds'])
  const connectors = await all.execute()
  const drained = connectors.flatMap(({ id, drain_seconds }) =>
    drain_seconds === null ? [] : [[id, drain_seconds * 1000] as const],
  )
  return {
    connectorGroups: new Map(connectors.map((connector) => [connector.id, connector.group_id])),
    drainedConnectors: new Map(drained),
  }
}

async function readDefaultGroupId(rows: Rows): Promise<string> {
  const groups = rows.selectFrom('connector_group').select('id').where('is_default', '=', 1)
  return (await groups.executeTakeFirstOrThrow()).id
}
