import {
  type AccessPolicy,
  adminPortals,
  type NewAccessPolicy,
  type Scope,
  type SessionControls,
  trustedLocations,
} from '../../policy/access-policy.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { conditionalAccessPolicy } from '../resource/policies.ts'
import { adminPortalsWord, type PolicyBody } from './access-policy-body.ts'

type Conditions = AccessPolicy['conditions']
type ConditionsBody = NonNullable<PolicyBody['conditions']>

const states = {
  enabled: 'enabled',
  disabled: 'disabled',
  reportOnly: 'enabledForReportingButNotEnforced',
} as const

/** A conditional access policy in Graph's shape. */
export function toGraphPolicy(policy: AccessPolicy) {
  const { id, displayName, state, createdAt, modifiedAt, templateId } = policy
  return {
    id,
    templateId: templateId ?? null,
    displayName,
    createdDateTime: new Date(createdAt).toISOString(),
    modifiedDateTime: modifiedAt === undefined ? null : new Date(modifiedAt).toISOString(),
    state: states[state],
    conditions: toGraphConditions(policy.conditions),
    grantControls: policy.grant
      ? {
          operator: policy.grant.operator,
          builtInControls: [...policy.grant.controls],
          customAuthenticationFactors: [],
          termsOfUse: [],
          authenticationStrength: null,
        }
      : null,
    sessionControls: toGraphSession(policy.session),
  }
}

export const policyCollection: Collection<AccessPolicy> = {
  context: 'identity/conditionalAccess/policies',
  properties: propertiesOf(conditionalAccessPolicy),
  fields: {
    id: (policy) => policy.id,
    displayName: (policy) => policy.displayName,
    state: (policy) => states[policy.state],
  },
  write: toGraphPolicy,
}

function toGraphConditions({ people, applications, locations, platforms, clients }: Conditions) {
  return {
    userRiskLevels: [],
    signInRiskLevels: [],
    servicePrincipalRiskLevels: [],
    clientAppTypes: clients === 'all' ? ['all' as const] : [...clients],
    platforms: platforms
      ? {
          includePlatforms: platforms.include === 'all' ? ['all' as const] : [...platforms.include],
          excludePlatforms: [...platforms.exclude],
        }
      : null,
    locations: locations
      ? {
          includeLocations:
            locations.include === 'all' ? ['All'] : locations.include.map(toGraphLocation),
          excludeLocations: locations.exclude.map(toGraphLocation),
        }
      : null,
    applications: {
      includeApplications: toGraphScope(applications.include).map(toGraphAppId),
      excludeApplications: applications.exclude.map(toGraphAppId),
      includeUserActions: [],
      includeAuthenticationContextClassReferences: [],
      applicationFilter: null,
    },
    users: {
      includeUsers: toGraphScope(people.include.people),
      excludeUsers: toGraphScope(people.exclude.people),
      includeGroups: [...people.include.groups],
      excludeGroups: [...people.exclude.groups],
      includeRoles: [...people.include.roles],
      excludeRoles: [...people.exclude.roles],
      includeGuestsOrExternalUsers: null,
      excludeGuestsOrExternalUsers: null,
    },
    ...{ clientApplications: null, devices: null, authenticationFlows: null },
    ...{ insiderRiskLevels: null, deviceStates: null, times: null },
  }
}

function toGraphSession({ maxAge, persistentBrowser }: SessionControls) {
  if (maxAge === undefined && persistentBrowser === undefined) return null
  const shared = {
    authenticationType: 'primaryAndSecondaryAuthentication' as const,
    isEnabled: true,
  }
  return {
    applicationEnforcedRestrictions: null,
    cloudAppSecurity: null,
    disableResilienceDefaults: null,
    continuousAccessEvaluation: null,
    persistentBrowser: persistentBrowser ? { mode: persistentBrowser, isEnabled: true } : null,
    signInFrequency:
      maxAge === undefined
        ? null
        : maxAge === 'everyTime'
          ? { ...shared, frequencyInterval: 'everyTime' as const, type: null, value: null }
          : {
              ...shared,
              frequencyInterval: 'timeBased' as const,
              type: maxAge.unit,
              value: maxAge.count,
            },
  }
}

function toGraphScope(scope: Scope): string[] {
  if (scope === 'all') return ['All']
  return scope === 'none' ? ['None'] : [...scope]
}

function toGraphAppId(name: string): string {
  return name === adminPortals ? adminPortalsWord : name
}

function toGraphLocation(id: string): string {
  return id === trustedLocations ? 'AllTrusted' : id
}

/** The policy with what was sent; what was not said stays, and of a new one says nothing. */
export function mergePolicy(
  sent: PolicyBody,
  current: NewAccessPolicy | undefined,
): NewAccessPolicy {
  const { conditions, grantControls: grant, sessionControls: session } = sent
  return {
    displayName: sent.displayName ?? current?.displayName ?? '',
    state: stateOf(sent.state) ?? current?.state ?? 'disabled',
    templateId: sent.templateId === null ? undefined : (sent.templateId ?? current?.templateId),
    conditions: mergeConditions(conditions, current?.conditions),
    grant:
      grant === null
        ? undefined
        : grant === undefined
          ? current?.grant
          : {
              operator: grant.operator ?? current?.grant?.operator ?? 'OR',
              controls: grant.builtInControls ?? current?.grant?.controls ?? [],
            },
    session:
      session === null
        ? { maxAge: undefined, persistentBrowser: undefined }
        : mergeSession(session ?? {}, current?.session),
  }
}

function stateOf(sent: PolicyBody['state']): AccessPolicy['state'] | undefined {
  return sent === 'enabledForReportingButNotEnforced' ? 'reportOnly' : sent
}

function mergeConditions(
  sent: ConditionsBody | undefined,
  current: Conditions | undefined,
): Conditions {
  const { users, applications, locations, platforms } = sent ?? {}
  const { include, exclude } = current?.people ?? {}
  return {
    people: {
      include: {
        people: scopeOf(users?.includeUsers) ?? include?.people ?? [],
        groups: users?.includeGroups ?? include?.groups ?? [],
        roles: users?.includeRoles ?? include?.roles ?? [],
      },
      exclude: {
        people: users?.excludeUsers ?? exclude?.people ?? [],
        groups: users?.excludeGroups ?? exclude?.groups ?? [],
        roles: users?.excludeRoles ?? exclude?.roles ?? [],
      },
    },
    applications: {
      include:
        scopeOf(appsOf(applications?.includeApplications)) ?? current?.applications.include ?? [],
      exclude: appsOf(applications?.excludeApplications) ?? current?.applications.exclude ?? [],
    },
    locations: locations === null ? undefined : mergeLocations(locations, current?.locations),
    platforms: platforms === null ? undefined : mergePlatforms(platforms, current?.platforms),
    clients: allOr(sent?.clientAppTypes, 'all') ?? current?.clients ?? 'all',
  }
}

function mergeLocations(
  sent: NonNullable<ConditionsBody['locations']> | undefined,
  current: Conditions['locations'],
): Conditions['locations'] {
  if (!sent) return current
  const known = (ids: readonly string[] | undefined) =>
    ids?.map((id) => (id === 'AllTrusted' ? trustedLocations : id))
  return {
    include: allOr(known(sent.includeLocations), 'All') ?? current?.include ?? [],
    exclude: known(sent.excludeLocations) ?? current?.exclude ?? [],
  }
}

function mergePlatforms(
  sent: NonNullable<ConditionsBody['platforms']> | undefined,
  current: Conditions['platforms'],
): Conditions['platforms'] {
  if (!sent) return current
  return {
    include: allOr(sent.includePlatforms, 'all') ?? current?.include ?? [],
    exclude: sent.excludePlatforms ?? current?.exclude ?? [],
  }
}

function mergeSession(
  sent: NonNullable<PolicyBody['sessionControls']>,
  current: SessionControls | undefined,
): SessionControls {
  const { signInFrequency: frequency, persistentBrowser: persistent } = sent
  return {
    maxAge: frequency === undefined ? current?.maxAge : maxAgeOf(frequency),
    persistentBrowser:
      persistent === undefined
        ? current?.persistentBrowser
        : persistent === null || persistent.isEnabled === false
          ? undefined
          : persistent.mode,
  }
}

function maxAgeOf(
  sent: NonNullable<PolicyBody['sessionControls']>['signInFrequency'],
): SessionControls['maxAge'] {
  if (!sent || sent.isEnabled === false) return undefined
  if (sent.frequencyInterval === 'everyTime') return 'everyTime'
  // The body was refused without them.
  return { unit: sent.type ?? 'hours', count: sent.value ?? 1 }
}

function appsOf(sent: readonly string[] | undefined): readonly string[] | undefined {
  return sent?.map((name) => (name === adminPortalsWord ? adminPortals : name))
}

function scopeOf(sent: readonly string[] | undefined): Scope | undefined {
  if (sent?.includes('None')) return 'none'
  return allOr(sent, 'All')
}

function allOr<Value extends string>(
  sent: readonly Value[] | undefined,
  all: string,
): 'all' | readonly Exclude<Value, 'all'>[] | undefined {
  if (sent === undefined) return undefined
  const some = sent.filter((value): value is Exclude<Value, 'all'> => value !== all)
  return some.length < sent.length ? 'all' : some
}

// The policy's own paths in Graph's words, the longest first.
const spellings: readonly (readonly [string, string])[] = [
  ['/conditions/people/include/people', 'conditions/users/includeUsers'],
  ['/conditions/people/include/groups', 'conditions/users/includeGroups'],
  ['/conditions/people/include/roles', 'conditions/users/includeRoles'],
  ['/conditions/people/exclude/people', 'conditions/users/excludeUsers'],
  ['/conditions/people/exclude/groups', 'conditions/users/excludeGroups'],
  ['/conditions/people/exclude/roles', 'conditions/users/excludeRoles'],
  ['/conditions/applications/include', 'conditions/applications/includeApplications'],
  ['/conditions/applications/exclude', 'conditions/applications/excludeApplications'],
  ['/conditions/locations/include', 'conditions/locations/includeLocations'],
  ['/conditions/locations/exclude', 'conditions/locations/excludeLocations'],
  ['/conditions/platforms/include', 'conditions/platforms/includePlatforms'],
  ['/conditions/clients', 'conditions/clientAppTypes'],
  ['/grant/controls', 'grantControls/builtInControls'],
  ['/grant', 'grantControls'],
  ['/session', 'sessionControls'],
]

/** Where in a body something stands that is wrong at this path of a policy. */
export function policyTarget(path: string): string {
  const found = spellings.find(([own]) => path.startsWith(own))
  return found ? found[1] + path.slice(found[0].length) : path.replace(/^\//, '')
}
