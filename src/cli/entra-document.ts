import type { PolicyNames } from './entra-conditions.ts'
import { type EntraExport, type EntraKind, type EntraObject, isRecord } from './entra-export.ts'
import { convertLifetimes, type Lifetimes, lifetimeOf } from './entra-lifetimes.ts'
import { convertLocations, type Locations } from './entra-locations.ts'
import { convertPolicies } from './entra-policies.ts'
import { convertPublishing, reportSignOn } from './entra-publishing.ts'
import type { DomainMap, Report, ReportEntry } from './entra-report.ts'
import { listAt, type Resource, textAt, valueAt, wordsAt } from './resource.ts'

export interface Conversion {
  /** As `sallyport apply` takes it. */
  readonly document: Resource
  readonly report: readonly ReportEntry[]
}

/** Turns what Microsoft Graph says of an application proxy into a configuration document, and tells what is otherwise. */
export function convertExport({ objects, problems }: EntraExport, map: DomainMap): Conversion {
  const report: ReportEntry[] = problems.map(({ source, message }) => ({
    ...{ kind: 'open', path: source, message: `Graph answered with an error: ${message}` },
  }))
  const parts = new Parts(attachParts(objects), map, (entry) => void report.push(entry))
  const { published } = parts
  const applications = published.map((each) => parts.convertApplication(each))
  // Before people and groups: those whom policies name come along.
  const conditionalAccessPolicies = parts.accessPolicies(published)
  const document = {
    version: 1,
    connectorGroups: parts.connectorGroups(),
    users: parts.users(),
    groups: parts.groups(),
    namedLocations: parts.locations.list,
    tokenLifetimePolicies: parts.lifetimes.list,
    applications,
    conditionalAccessPolicies,
  }
  const said = Object.entries(document).filter(
    ([, part]) => !Array.isArray(part) || part.length > 0,
  )
  parts.reportOthers()
  return { document: Object.fromEntries(said), report }
}

/** Segments and rules that came as pages of their own, put where they belong. */
function attachParts(objects: readonly EntraObject[]): readonly EntraObject[] {
  const rulesOf = (id: string) => valuesOf(objects, 'corsConfiguration', 'applicationsegments', id)
  const segmentsOf = (id: string) =>
    valuesOf(objects, 'segment', 'applications', id).map((segment) => {
      const rules = rulesOf(textAt(segment, 'id'))
      return rules.length > 0 ? { ...segment, corsConfigurations: rules } : segment
    })
  return objects.map((each) => {
    if (each.kind !== 'application') return each
    const { onPremisesPublishing } = each.value
    const applicationSegments = segmentsOf(textAt(each.value, 'id'))
    if (applicationSegments.length === 0 || !isRecord(onPremisesPublishing)) return each
    const published = { ...onPremisesPublishing, segmentsConfiguration: { applicationSegments } }
    return { ...each, value: { ...each.value, onPremisesPublishing: published } }
  })
}

function valuesOf(
  objects: readonly EntraObject[],
  kind: EntraKind,
  owner: string,
  id: string,
): readonly Resource[] {
  return objects
    .filter((each) => each.kind === kind && each.owners.get(owner) === id)
    .map(({ value }) => value)
}

const defaultRoles: ReadonlySet<string> = new Set([
  ...['18d14569-c3bd-439b-9a66-3a2aee01d14f', '00000000-0000-0000-0000-000000000000'],
  'b9632174-c057-4f7e-951b-be3adc52bfe6',
])

class Parts {
  readonly #objects: readonly EntraObject[]
  readonly #map: DomainMap
  readonly #report: Report
  readonly #wantedUsers = new Set<string>()
  readonly #wantedGroups = new Set<string>()
  readonly #wantedConnectorGroups = new Set<string>()
  readonly locations: Locations
  readonly lifetimes: Lifetimes

  constructor(objects: readonly EntraObject[], map: DomainMap, report: Report) {
    this.#objects = objects
    this.#map = map
    this.#report = report
    this.locations = convertLocations(this.#of('namedLocation'), report)
    this.lifetimes = convertLifetimes(this.#of('definedPolicy'), report)
  }

  /** The applications that are published, once each: the same may stand on several pages. */
  get published(): readonly EntraObject[] {
    const all = this.#of('application').filter((each) =>
      isRecord(each.value['onPremisesPublishing']),
    )
    const web = all.filter((each) => {
      const type = textAt(each.value, 'onPremisesPublishing/applicationType').toLowerCase()
      const isWeb = !['nonwebapp', 'quickaccessapp'].includes(type)
      if (!isWeb) {
        const message = `${textAt(each.value, 'displayName')} is no web application (${type}): Private Access has no counterpart`
        this.#report({
          kind: 'left',
          path: `${each.source}/onPremisesPublishing/applicationType`,
          message,
        })
      }
      return (
        isWeb && valueAt(each.value, 'onPremisesPublishing/isOnPremPublishingEnabled') !== false
      )
    })
    return [...new Map(web.map((each) => [textAt(each.value, 'id') || each.source, each])).values()]
  }

  convertApplication(each: EntraObject): Resource {
    const { value, source } = each
    const principal = this.#of('servicePrincipal').find(
      (candidate) => textAt(candidate.value, 'appId') === textAt(value, 'appId'),
    )
    const path = `${source}/onPremisesPublishing`
    const to = { map: this.#map, report: this.#report }
    const roles = listAt(value, 'appRoles').filter((role) => !defaultRoles.has(textAt(role, 'id')))
    const mode = textAt(principal?.value, 'preferredSingleSignOnMode')
    if (principal) reportSignOn(mode, `${principal.source}/preferredSingleSignOnMode`, this.#report)
    const group = this.#connectorGroupOf(each)
    const lifetime = this.#lifetimeOf(value, principal?.value)
    const tags = wordsAt(principal?.value, 'tags')
    return {
      displayName: textAt(value, 'displayName') || textAt(value, 'appId'),
      ...(roles.length > 0 && { appRoles: roles.map(convertRole) }),
      ...(tags.length > 0 && { tags }),
      ...(principal && flagsOf(principal.value)),
      ...(group !== undefined && { connectorGroup: group }),
      ...(lifetime !== undefined && { tokenLifetimePolicy: lifetime }),
      onPremisesPublishing: convertPublishing(value['onPremisesPublishing'] as Resource, path, to),
      assignments: this.#assignmentsOf(principal, roles),
    }
  }

  accessPolicies(published: readonly EntraObject[]): readonly Resource[] {
    const policies = this.#of('accessPolicy')
    if (policies.length === 0) return []
    const [users, groups] = [byId(this.#of('user')), byId(this.#of('group'))]
    const applications = new Map(published.map(({ value }) => [textAt(value, 'appId'), value]))
    const names: PolicyNames = {
      user: (id) => {
        if (users.has(id)) this.#wantedUsers.add(id)
        return textAt(users.get(id), 'userPrincipalName') || undefined
      },
      group: (id) => {
        if (groups.has(id)) this.#wantedGroups.add(id)
        return textAt(groups.get(id), 'displayName') || undefined
      },
      application: (appId) => {
        const name = textAt(applications.get(appId), 'displayName') || undefined
        // Such a name would be read as the word for all or none; an id that is not known here is refused aloud.
        return name === 'All' || name === 'None' ? appId : name
      },
      location: (id) => this.locations.nameOf.get(id),
      hasAllTrusted: this.locations.hasAllTrusted,
    }
    return convertPolicies(policies, names, this.#report)
  }

  #lifetimeOf(application: Resource, principal: Resource | undefined): string | undefined {
    const owners = principal ? [application, principal] : [application]
    const id = lifetimeOf(owners, this.#of('definedPolicy'))
    return id === undefined ? undefined : this.lifetimes.nameOf.get(id)
  }

  connectorGroups(): readonly Resource[] {
    return this.#of('connectorGroup')
      .filter(({ value }) => value['isDefault'] !== true)
      .filter(({ value }) => this.#wantedConnectorGroups.has(textAt(value, 'id')))
      .map(({ value }) => ({
        name: textAt(value, 'name'),
        ...(textAt(value, 'region') !== '' && { region: textAt(value, 'region') }),
      }))
  }

  users(): readonly Resource[] {
    // Members of groups are wanted as soon as their group is.
    for (const { value } of this.#wantedGroupObjects()) {
      for (const member of this.#membersOf(value)) this.#wantedUsers.add(textAt(member, 'id'))
    }
    return this.#of('user')
      .filter(({ value }) => this.#wantedUsers.has(textAt(value, 'id')))
      .map(({ value }) => ({
        userPrincipalName: textAt(value, 'userPrincipalName'),
        displayName: textAt(value, 'displayName') || textAt(value, 'userPrincipalName'),
        ...(textAt(value, 'mail') !== '' && { mail: textAt(value, 'mail') }),
        ...(value['accountEnabled'] === false && { accountEnabled: false }),
      }))
  }

  groups(): readonly Resource[] {
    return this.#wantedGroupObjects().map(({ value, source }) => {
      const members = this.#membersOf(value)
      const users = members.map((each) => textAt(each, 'userPrincipalName')).filter(Boolean)
      const groups = members.filter((each) => this.#groupNames().has(textAt(each, 'id')))
      if (members.length === 0) {
        const id = textAt(value, 'id')
        const message = 'its members are not in the export: it is made empty'
        this.#report({
          kind: 'left',
          path: source,
          message,
          fix: `export /groups/${id}/members, too`,
        })
      }
      return {
        displayName: textAt(value, 'displayName'),
        ...(textAt(value, 'description') !== '' && { description: textAt(value, 'description') }),
        ...(users.length > 0 && { users }),
        ...(groups.length > 0 && { groups: groups.map((each) => textAt(each, 'displayName')) }),
      }
    })
  }

  /** Everything that has no part in a document. */
  reportOthers(): void {
    for (const { source, value } of this.#of('connector')) {
      const message = `${textAt(value, 'machineName')}: connectors are installed anew`
      this.#report({ kind: 'left', path: source, message, fix: 'sallyport connectors token' })
    }
    for (const { source } of this.#of('unknown')) {
      this.#report({
        kind: 'left',
        path: source,
        message: 'this is nothing of an application proxy',
      })
    }
  }

  #of(kind: EntraKind): readonly EntraObject[] {
    return this.#objects.filter((each) => each.kind === kind)
  }

  /** Groups that are assigned, and those inside of them. */
  #wantedGroupObjects(): readonly EntraObject[] {
    const all = this.#of('group').filter(({ owners }) => !owners.has('groups'))
    const unique = [...new Map(all.map((each) => [textAt(each.value, 'id'), each])).values()]
    for (let before = -1; before !== this.#wantedGroups.size; ) {
      before = this.#wantedGroups.size
      for (const { value } of unique) {
        if (!this.#wantedGroups.has(textAt(value, 'id'))) continue
        for (const member of this.#membersOf(value)) {
          const id = textAt(member, 'id')
          if (unique.some((each) => textAt(each.value, 'id') === id)) this.#wantedGroups.add(id)
        }
      }
    }
    return unique.filter(({ value }) => this.#wantedGroups.has(textAt(value, 'id')))
  }

  #groupNames(): ReadonlySet<string> {
    return new Set(this.#wantedGroupObjects().map(({ value }) => textAt(value, 'id')))
  }

  /** Who is in a group: expanded in it, or on a page of its own. */
  #membersOf(group: Resource): readonly Resource[] {
    const id = textAt(group, 'id')
    const pages = this.#objects
      .filter(({ owners }) => owners.get('groups') === id)
      .map(({ value }) => value)
    return [...listAt(group, 'members'), ...pages]
  }

  #connectorGroupOf({ value, source }: EntraObject): string | undefined {
    const id = textAt(value, 'id')
    const page = this.#of('application').find(
      ({ value: other, owners }) => textAt(other, 'id') === id && owners.has('connectorgroups'),
    )
    const own = this.#of('connectorGroup').find(({ owners }) => owners.get('applications') === id)
    const listed = this.#of('connectorGroup').find(({ value: group }) =>
      listAt(group, 'applications').some((each) => textAt(each, 'id') === id),
    )
    const expanded = textAt(value, 'connectorGroup/id')
    const groupId =
      expanded || textAt((own ?? listed)?.value, 'id') || page?.owners.get('connectorgroups') || ''
    const group = this.#of('connectorGroup').find((each) => textAt(each.value, 'id') === groupId)
    const name = textAt(group?.value, 'name') || textAt(value, 'connectorGroup/name')
    if (group?.value['isDefault'] === true) return undefined
    if (group) this.#wantedConnectorGroups.add(groupId)
    if (name !== '') return name
    if (this.#of('connectorGroup').length > 1) {
      const message =
        'which connector group it belongs to is not in the export: it gets the default one'
      const fix = `export /applications/${id}/connectorGroup, too`
      this.#report({ kind: 'changed', path: `${source}/connectorGroup`, message, fix })
    }
    return undefined
  }

  #assignmentsOf(
    principal: EntraObject | undefined,
    roles: readonly Resource[],
  ): readonly Resource[] {
    if (!principal) return []
    const resourceId = textAt(principal.value, 'id')
    const expanded = listAt(principal.value, 'appRoleAssignedTo').map((value, index) => ({
      ...{ value, source: `${principal.source}/appRoleAssignedTo/${index}` },
    }))
    const pages = this.#of('appRoleAssignment').filter(
      ({ value }) => textAt(value, 'resourceId') === resourceId,
    )
    const all = [...expanded, ...pages]
    const unique = new Map(
      all.map((each) => [
        `${textAt(each.value, 'principalId')} ${textAt(each.value, 'appRoleId')}`,
        each,
      ]),
    )
    return [...unique.values()].flatMap((each) => this.#convertAssignment(each, roles))
  }

  #convertAssignment(
    { value, source }: Pick<EntraObject, 'value' | 'source'>,
    roles: readonly Resource[],
  ): readonly Resource[] {
    const id = textAt(value, 'principalId')
    const type = textAt(value, 'principalType').toLowerCase()
    const name = textAt(value, 'principalDisplayName') || id
    const known = this.#objects.find(
      (each) => textAt(each.value, 'id') === id && each.kind === (type || each.kind),
    )
    const roleId = textAt(value, 'appRoleId')
    const role = roles.find((each) => textAt(each, 'id') === roleId)
    const roleName = { role: textAt(role, 'value') || (role ? roleId : 'User') }
    if (type === 'user' && known) {
      this.#wantedUsers.add(id)
      return [{ user: textAt(known.value, 'userPrincipalName'), ...roleName }]
    }
    if (type === 'group' && known) {
      this.#wantedGroups.add(id)
      return [{ group: textAt(known.value, 'displayName'), ...roleName }]
    }
    const isProgram = type === 'serviceprincipal'
    const message = isProgram
      ? `the program ${name} is not assigned here: make it with its own sign-in first`
      : `${name} (${type || 'of unknown type'}) is not in the export, so nobody is assigned for it`
    const fix = isProgram
      ? undefined
      : `export /${type === 'group' ? 'groups' : 'users'}/${id}, too`
    this.#report({ kind: 'left', path: source, message, ...(fix !== undefined && { fix }) })
    return []
  }
}

function byId(objects: readonly EntraObject[]): ReadonlyMap<string, Resource> {
  return new Map(objects.map(({ value }) => [textAt(value, 'id'), value]))
}

function flagsOf(principal: Resource): Resource {
  const names = ['accountEnabled', 'appRoleAssignmentRequired']
  return Object.fromEntries(
    names
      .filter((name) => typeof principal[name] === 'boolean')
      .map((name) => [name, principal[name]]),
  )
}

function convertRole(role: Resource): Resource {
  const names = ['id', 'displayName', 'description', 'value', 'isEnabled', 'allowedMemberTypes']
  return Object.fromEntries(names.filter((name) => name in role).map((name) => [name, role[name]]))
}
