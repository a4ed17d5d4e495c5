import type {
  ApiPermission,
  Assignment,
  ConnectorGroup,
  Directory,
  Group,
} from '../../directory/directory.ts'
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
}

export interface KnownGroup {
  readonly group: Group
  readonly people: readonly Person[]
  readonly groups: readonly Group[]
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

/** Reads all of it. For one moment's configuration, give it the directory inside of `together`. */
export async function readKnown(directory: Directory): Promise<Known> {
  const groups: KnownGroup[] = []
  for (const group of await directory.groups()) {
    const people = await directory.groupMembers(group.id)
    groups.push({ group, people, groups: await directory.memberGroups(group.id) })
  }
  const applications: KnownApplication[] = []
  for (const application of await directory.applications()) {
    const { id, servicePrincipalId } = application
    applications.push({
      application,
      assignments: await directory.assignments(id),
      permissions: await directory.apiPermissions(servicePrincipalId),
      lifetime: await directory.tokenLifetimePolicyOf(id),
    })
  }
  const roles: { role: DirectoryRole; members: readonly Person[] }[] = []
  for (const role of directoryRoles) {
    roles.push({ role, members: await directory.roleMembers(role.id) })
  }
  return {
    ...{ groups, applications, roles },
    connectorGroups: await directory.connectorGroups(),
    people: await directory.listPeople(),
    namedLocations: await directory.namedLocations(),
    tokenLifetimePolicies: await directory.tokenLifetimePolicies(),
    identityProviders: await directory.identityProviders(),
    policies: await directory.accessPolicies(),
  }
}
