import type {
  ApiPermission,
  Assignment,
  ConnectorGroup,
  Directory,
  Group,
} from '../../directory/directory.ts'
import type { Owner } from '../../directory/owner.ts'
import type { Person } from '../../identity/person.ts'
import type { IdentityProvider } from '../../identity/relying-party/identity-provider.ts'
import { type DirectoryRole, directoryRoles } from '../../identity/roles.ts'
import type { AccessPolicy, NamedLocation } from '../../policy/access-policy.ts'
import type { TokenLifetimePolicy } from '../../policy/token-lifetime.ts'
import type { Application } from '../../publishing/application.ts'

/** An application with what hangs on it. */
export interface KnownApplication {
  readonly application: Application
  readonly assignments: readonly Assignment[]
  readonly permissions: readonly ApiPermission[]
  readonly lifetime: TokenLifetimePolicy | undefined
  readonly owners: readonly Owner[]
}

export interface KnownGroup {
  readonly group: Group
  readonly people: readonly Person[]
  readonly groups: readonly Group[]
  readonly owners: readonly Owner[]
}

/** The whole configuration as the directory knows it. */
export interface Known {
  readonly connectorGroups: readonly ConnectorGroup[]
  readonly people: readonly Person[]
  readonly groups: readonly KnownGroup[]
  readonly namedLocations: readonly NamedLocation[]
  readonly tokenLifetimePolicies: readonly TokenLifetimePolicy[]
  readonly identityProviders: readonly IdentityProvider[]
  readonly applications: readonly KnownApplication[]
  readonly policies: readonly AccessPolicy[]
  readonly roles: readonly { readonly role: DirectoryRole; readonly members: readonly Person[] }[]
}

/** Reads all of it. For one moment's configuration, give it the directory inside of `asOfNow` or `rehearse`. */
export async function readKnown(directory: Directory): Promise<Known> {
  const people = await directory.listPeople()
  const tokenLifetimePolicies = await directory.tokenLifetimePolicies()
  const roles: { role: DirectoryRole; members: readonly Person[] }[] = []
  for (const role of directoryRoles) {
    roles.push({ role, members: await directory.roleMembers(role.id) })
  }
  return {
    ...{ people, tokenLifetimePolicies, roles },
    groups: await readGroups(directory, people),
    applications: await readApplications(directory, tokenLifetimePolicies),
    connectorGroups: await directory.connectorGroups(),
    namedLocations: await directory.namedLocations(),
    identityProviders: await directory.identityProviders(),
    policies: await directory.accessPolicies(),
  }
}

// Each list once and whole: a question for each of ten thousand groups takes longer than all the rest.
async function readGroups(
  directory: Directory,
  people: readonly Person[],
): Promise<readonly KnownGroup[]> {
  const all = await directory.groups()
  const personOf = new Map(people.map((each) => [each.id, each]))
  const groupOf = new Map(all.map((each) => [each.id, each]))
  const memberships = Map.groupBy(await directory.memberships(), ({ groupId }) => groupId)
  const owners = await directory.owners.all('group')
  return all.map((group) => {
    const members = memberships.get(group.id) ?? []
    return {
      group,
      people: members.flatMap(({ memberId }) => personOf.get(memberId) ?? []),
      groups: members.flatMap(({ memberId }) => groupOf.get(memberId) ?? []),
      owners: owners.get(group.id) ?? [],
    }
  })
}

async function readApplications(
  directory: Directory,
  policies: readonly TokenLifetimePolicy[],
): Promise<readonly KnownApplication[]> {
  const assignments = Map.groupBy(await directory.assignments(), (each) => each.applicationId)
  const permissions = Map.groupBy(await directory.apiPermissions(), (each) => each.principalId)
  const policyOf = new Map(policies.map((each) => [each.id, each]))
  const inUse = await directory.tokenLifetimePoliciesInUse()
  const owners = await directory.owners.all('application')
  return (await directory.applications()).map((application) => ({
    application,
    assignments: assignments.get(application.id) ?? [],
    permissions: permissions.get(application.servicePrincipalId) ?? [],
    lifetime: policyOf.get(inUse.get(application.id) ?? ''),
    owners: owners.get(application.id) ?? [],
  }))
}
