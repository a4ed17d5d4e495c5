import type { ConnectorGroup } from '../../directory/directory.ts'
import type { Person } from '../../identity/person.ts'
import type { IdentityProvider } from '../../identity/relying-party/identity-provider.ts'
import type { AccessPolicy } from '../../policy/access-policy.ts'
import type { Publishing, Segment } from '../../publishing/application.ts'
import type { ProviderDesk } from '../call.ts'
import { toGraphPolicy } from '../shape/access-policy.ts'
import { appRoles, toGraphApplication } from '../shape/application.ts'
import { toGraphProvider } from '../shape/identity-provider.ts'
import { toGraphLocation } from '../shape/named-location.ts'
import { permissionIds } from '../shape/permission.ts'
import { toGraphPublishing, toGraphRule, toGraphSegment } from '../shape/publishing.ts'
import { toGraphRole } from '../shape/registration.ts'
import type { Known, KnownApplication, KnownGroup } from './known.ts'
import { type NamedKind, Names } from './names.ts'
import { writeOwners } from './owners.ts'

/** The parts of the document, in the order in which they stand there. */
export const sections = [
  ...(['connectorGroups', 'users', 'groups', 'namedLocations', 'tokenLifetimePolicies'] as const),
  ...([
    'identityProviders',
    'applications',
    'conditionalAccessPolicies',
    'directoryRoles',
  ] as const),
] as const
export type Section = (typeof sections)[number]

/** One resource in the document. */
export type Item = Readonly<Record<string, unknown>>
export type ConfigurationDocument = { readonly version: 1 } & {
  readonly [Name in Section]?: readonly Item[]
}

export interface DocumentOptions {
  /** Without them, ids are there only where names do not tell things apart. */
  readonly ids: boolean
  readonly users: boolean
}

/** A resource of the document with the id that it has here. */
export interface Written {
  readonly id: string
  readonly item: Item
}

/** The same with ids and without: a document may be like either. */
export interface Present extends Written {
  readonly plain: Item
}

/** Every resource as a document may have it. */
export function writePresent(
  known: Known,
  desk: ProviderDesk,
): ReadonlyMap<Section, readonly Present[]> {
  const plain = writeSections(known, desk, { ids: false })
  const full = writeSections(known, desk, { ids: true })
  const present = sections.map((section) => {
    const items = new Map(plain[section].map(({ id, item }) => [id, item]))
    const both = full[section].map((each) => ({ ...each, plain: items.get(each.id) ?? each.item }))
    return [section, both] as const
  })
  return new Map(present)
}

/**
 * The configuration as one document: names in the place of ids, no secret, nothing that depends on when and in which order
 * things were made. Two documents of the same configuration are equal byte for byte. [G6]
 */
export function writeDocument(
  known: Known,
  desk: ProviderDesk,
  options: DocumentOptions,
): ConfigurationDocument {
  const written = writeSections(known, desk, options)
  const parts = sections
    .filter((section) => section !== 'users' || options.users)
    .map((section) => [section, written[section].map(({ item }) => item)] as const)
  return { version: 1, ...Object.fromEntries(parts) }
}

/** Every resource as the document has it. */
function writeSections(
  known: Known,
  desk: ProviderDesk,
  { ids }: Pick<DocumentOptions, 'ids'>,
): Readonly<Record<Section, readonly Written[]>> {
  const names = new Names(known)
  const write = { names, ids }
  const own = <Each extends { readonly id: string }>(
    kind: NamedKind | undefined,
    all: readonly Each[],
    shape: (each: Each) => Item,
  ) => sorted(all.map((each) => ({ id: each.id, item: withId(write, kind, each.id, shape(each)) })))
  return {
    connectorGroups: own('connectorGroup', known.connectorGroups, writeConnectorGroup),
    users: own('user', known.people, writePerson),
    groups: sorted(known.groups.map((each) => writeGroup(write, each))),
    namedLocations: own('namedLocation', known.namedLocations, (location) =>
      without(toGraphLocation(location), stamps),
    ),
    tokenLifetimePolicies: own('tokenLifetimePolicy', known.tokenLifetimePolicies, (policy) => ({
      displayName: policy.displayName,
      definition: [...policy.definition],
      isOrganizationDefault: policy.isOrganizationDefault,
    })),
    identityProviders: own(undefined, known.identityProviders, (provider) =>
      writeProvider(write, provider, desk),
    ),
    applications: sorted(known.applications.map((each) => writeApplication(write, each, known))),
    conditionalAccessPolicies: own('policy', known.policies, (policy) =>
      writePolicy(write, policy),
    ),
    directoryRoles: known.roles
      .filter(({ members }) => members.length > 0)
      .map(({ role, members }) => ({
        id: role.id,
        item: { displayName: role.displayName, members: members.map(nameOfPerson).sort(byText) },
      })),
  }
}

interface Writing {
  readonly names: Names
  readonly ids: boolean
}

const stamps = ['id', 'createdDateTime', 'modifiedDateTime']

function without(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)))
}

function withId(
  { names, ids }: Writing,
  kind: NamedKind | undefined,
  id: string,
  item: Item,
): Item {
  if (kind === undefined) return item
  const isKnown = names.isUnique(kind, nameOf(item))
  return ids || !isKnown ? { id, ...item } : item
}

/** What a resource of the document is called. */
export function nameOf(item: Item): string {
  const name = item['userPrincipalName'] ?? item['displayName'] ?? item['name']
  return typeof name === 'string' ? name : ''
}

function sorted(written: readonly Written[]): readonly Written[] {
  const key = ({ id, item }: Written) => `${nameOf(item)}\0${id}`
  return written.toSorted((one, other) => byText(key(one), key(other)))
}

/** By code unit: the same everywhere, whatever the language of the machine. */
function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function nameOfPerson({ userPrincipalName }: Person): string {
  return userPrincipalName
}

function writeConnectorGroup({ name, isDefault, region }: ConnectorGroup): Item {
  return { name, ...(isDefault && { isDefault }), region: region ?? null }
}

function writePerson({ userPrincipalName, displayName, mail, enabled }: Person): Item {
  return { userPrincipalName, displayName, mail: mail ?? null, accountEnabled: enabled }
}

function writeGroup(write: Writing, { group, people, groups, owners }: KnownGroup): Written {
  const item = {
    displayName: group.displayName,
    ...(group.uniqueName !== undefined && { uniqueName: group.uniqueName }),
    description: group.description ?? null,
    users: people.map(nameOfPerson).sort(byText),
    groups: groups.map(({ id }) => write.names.write('group', id)).sort(byText),
    owners: writeOwners(write.names, owners),
  }
  return { id: group.id, item: withId(write, 'group', group.id, item) }
}

// What the API makes up, and what it never tells.
const unwritten = [
  ...['@odata.type', 'clientSecret', 'responseType', 'responseMode', 'redirectUri', 'keysUrl'],
  'createdDateTime',
]

function writeProvider({ names }: Writing, provider: IdentityProvider, desk: ProviderDesk): Item {
  const item = without(toGraphProvider(provider, desk), unwritten)
  const groupMappings = provider.people.groups.map(({ name, groupId }) => ({
    claimValue: name,
    group: names.write('group', groupId),
  }))
  return { ...item, groupMappings }
}

function writeApplication(
  write: Writing,
  { application, assignments, permissions, lifetime, owners }: KnownApplication,
  known: Known,
): Written {
  const { names, ids } = write
  const { id, appId, registration, publishing, connectorGroupId } = application
  const { displayName, identifierUris, tags, web, publicClient } = toGraphApplication(application)
  const group = known.connectorGroups.find((each) =>
    connectorGroupId === undefined ? each.isDefault : each.id === connectorGroupId,
  )
  const isKnown = names.isUnique('application', displayName)
  const item = {
    ...((ids || !isKnown) && { id, appId }),
    displayName,
    ...(application.uniqueName !== undefined && { uniqueName: application.uniqueName }),
    ...{ identifierUris, tags },
    web: { homePageUrl: web.homePageUrl, redirectUris: web.redirectUris },
    publicClient,
    appRoles: registration.appRoles.map((role) => without(toGraphRole(role), ['origin'])),
    requiredResourceAccess: registration.requiredResources.map(({ resourceAppId, access }) => ({
      resource: names.write('appId', resourceAppId),
      resourceAccess: [...access],
    })),
    accountEnabled: registration.enabled,
    appRoleAssignmentRequired: application.assignmentRequired,
    connectorGroup: group?.name ?? null,
    tokenLifetimePolicy: lifetime ? names.write('tokenLifetimePolicy', lifetime.id) : null,
    onPremisesPublishing: publishing ? writePublishing(publishing, ids) : null,
    assignments: assignments
      .map((each) => ({
        [principalKeys[each.principalType]]: names.write(
          principalKinds[each.principalType],
          each.principalId,
        ),
        role: writeRole(each.appRoleId, application),
      }))
      .sort((one, other) => byText(JSON.stringify(one), JSON.stringify(other))),
    permissions: permissions.map(({ appRoleId }) => permissionName(appRoleId)).sort(byText),
    owners: writeOwners(names, owners),
  }
  return { id, item }
}

const principalKeys = { User: 'user', Group: 'group', ServicePrincipal: 'application' } as const
const principalKinds = {
  User: 'user',
  Group: 'group',
  ServicePrincipal: 'servicePrincipal',
} as const

/** A role as people name it, else its id. */
function writeRole(id: string, { registration }: KnownApplication['application']): string {
  const own = registration.appRoles.find((role) => role.id === id)
  return own?.value || (appRoles.find((role) => role.id === id)?.displayName ?? id)
}

function permissionName(id: string): string {
  return Object.entries(permissionIds).find(([, known]) => known === id)?.[0] ?? id
}

// What the API makes up, what is always the same, and what stands elsewhere in the document.
const unpublished = [
  ...['applicationType', 'isAccessibleViaZTNAClient', 'isContinuousAccessEvaluationEnabled'],
  ...['isDnsResolutionEnabled', 'isOnPremPublishingEnabled', 'isStateSessionEnabled'],
  ...['segmentsConfiguration', 'verifiedCustomDomainCertificatesMetadata'],
  ...['verifiedCustomDomainKeyCredential', 'verifiedCustomDomainPasswordCredential'],
]

function writePublishing(publishing: Publishing, ids: boolean): Item {
  const { singleSignOnMode } = toGraphPublishing(publishing).singleSignOnSettings
  const rules = (list: Publishing['corsRules']) =>
    list.map((rule) => without(toGraphRule(rule), ids ? [] : ['id']))
  const segment = (each: Segment) => ({
    ...without(toGraphSegment(each), ids ? [] : ['id']),
    corsConfigurations: rules(each.corsRules),
  })
  return {
    ...without(toGraphPublishing(publishing), unpublished),
    singleSignOnSettings: { singleSignOnMode },
    onPremisesApplicationSegments: publishing.segments.map(segment),
    corsConfigurations: rules(publishing.corsRules),
  }
}

// The original's, which here can say nothing.
const undecided = [
  ...['userRiskLevels', 'signInRiskLevels', 'servicePrincipalRiskLevels', 'clientApplications'],
  ...['devices', 'authenticationFlows', 'insiderRiskLevels', 'deviceStates', 'times'],
  ...['includeUserActions', 'includeAuthenticationContextClassReferences', 'applicationFilter'],
  ...['includeGuestsOrExternalUsers', 'excludeGuestsOrExternalUsers'],
  ...['customAuthenticationFactors', 'termsOfUse', 'authenticationStrength'],
]

function writePolicy({ names }: Writing, policy: AccessPolicy): Item {
  const { conditions, grantControls, ...shown } = toGraphPolicy(policy)
  const { users, applications, locations } = conditions
  const list = (kind: NamedKind, written: readonly string[]) =>
    written.map((id) => names.write(kind, id))
  return {
    ...without(shown, stamps),
    conditions: {
      ...without(conditions, undecided),
      users: {
        includeUsers: list('user', users.includeUsers),
        excludeUsers: list('user', users.excludeUsers),
        includeGroups: list('group', users.includeGroups),
        excludeGroups: list('group', users.excludeGroups),
        includeRoles: list('directoryRole', users.includeRoles),
        excludeRoles: list('directoryRole', users.excludeRoles),
      },
      applications: {
        includeApplications: list('appId', applications.includeApplications),
        excludeApplications: list('appId', applications.excludeApplications),
      },
      locations: locations && {
        includeLocations: list('namedLocation', locations.includeLocations),
        excludeLocations: list('namedLocation', locations.excludeLocations),
      },
    },
    grantControls: grantControls && without(grantControls, undecided),
  }
}
