import type { Conditions, Policy, PolicyState, SessionControls } from './policies.ts'

/** Everybody, nobody, or those that are named. */
export type Extent = 'all' | 'none' | 'some'

/** A policy as the editor has it. */
export interface PolicyForm {
  readonly displayName: string
  readonly state: PolicyState
  readonly people: Extent
  readonly includeUsers: readonly string[]
  readonly includeGroups: readonly string[]
  readonly includeRoles: readonly string[]
  readonly excludeUsers: readonly string[]
  readonly excludeGroups: readonly string[]
  readonly excludeRoles: readonly string[]
  readonly applications: Extent
  readonly includeApplications: readonly string[]
  readonly excludeApplications: readonly string[]
  /** `any`: places do not matter. */
  readonly places: 'any' | 'all' | 'some'
  readonly includeLocations: readonly string[]
  readonly excludeLocations: readonly string[]
  readonly systems: 'any' | 'all' | 'some'
  readonly includePlatforms: readonly string[]
  readonly excludePlatforms: readonly string[]
  readonly clients: 'all' | 'some'
  readonly clientAppTypes: readonly string[]
  readonly grant: 'none' | 'block' | 'mfa'
  readonly frequency: 'none' | 'everyTime' | 'hours' | 'days'
  readonly frequencyValue: number
  readonly persistence: 'none' | 'always' | 'never'
}

/** Begins by watching everybody everywhere, and demands a second factor. */
export const newPolicy: PolicyForm = {
  displayName: '',
  state: 'enabledForReportingButNotEnforced',
  people: 'all',
  includeUsers: [],
  includeGroups: [],
  includeRoles: [],
  excludeUsers: [],
  excludeGroups: [],
  excludeRoles: [],
  applications: 'all',
  includeApplications: [],
  excludeApplications: [],
  places: 'any',
  includeLocations: [],
  excludeLocations: [],
  systems: 'any',
  includePlatforms: [],
  excludePlatforms: [],
  clients: 'all',
  clientAppTypes: [],
  grant: 'mfa',
  frequency: 'none',
  frequencyValue: 8,
  persistence: 'none',
}

/** What a policy's body has; of a PATCH only the parts that change. */
export interface PolicyBody {
  readonly displayName: string
  readonly state: PolicyState
  readonly conditions: Conditions
  readonly grantControls: {
    readonly operator: 'OR'
    readonly builtInControls: readonly string[]
  } | null
  readonly sessionControls: SessionControls | null
}

/** The body that says what the form says. */
export function bodyOf(form: PolicyForm): PolicyBody {
  const { displayName, state, grant } = form
  return {
    displayName,
    state,
    conditions: conditionsOf(form),
    grantControls: grant === 'none' ? null : { operator: 'OR', builtInControls: [grant] },
    sessionControls: sessionOf(form),
  }
}

const words = { all: ['All'], none: ['None'] } as const

function conditionsOf(form: PolicyForm): Conditions {
  const isSome = form.people === 'some'
  return {
    users: {
      includeUsers: form.people === 'some' ? form.includeUsers : words[form.people],
      includeGroups: isSome ? form.includeGroups : [],
      includeRoles: isSome ? form.includeRoles : [],
      excludeUsers: form.excludeUsers,
      excludeGroups: form.excludeGroups,
      excludeRoles: form.excludeRoles,
    },
    applications: {
      includeApplications:
        form.applications === 'some' ? form.includeApplications : words[form.applications],
      excludeApplications: form.excludeApplications,
    },
    locations:
      form.places === 'any'
        ? null
        : {
            includeLocations: form.places === 'all' ? ['All'] : form.includeLocations,
            excludeLocations: form.excludeLocations,
          },
    platforms:
      form.systems === 'any'
        ? null
        : {
            includePlatforms: form.systems === 'all' ? ['all'] : form.includePlatforms,
            excludePlatforms: form.excludePlatforms,
          },
    clientAppTypes: form.clients === 'all' ? ['all'] : form.clientAppTypes,
  }
}

function sessionOf({ frequency, frequencyValue, persistence }: PolicyForm): SessionControls | null {
  if (frequency === 'none' && persistence === 'none') return null
  return {
    signInFrequency:
      frequency === 'none'
        ? null
        : frequency === 'everyTime'
          ? { frequencyInterval: 'everyTime', type: null, value: null }
          : { frequencyInterval: 'timeBased', type: frequency, value: frequencyValue },
    persistentBrowser: persistence === 'none' ? null : { mode: persistence },
  }
}

/** A saved policy as the editor has it. */
export function formOf(policy: Policy): PolicyForm {
  const { users, applications, locations, platforms, clientAppTypes } = policy.conditions
  const { signInFrequency, persistentBrowser } = policy.sessionControls ?? {}
  const controls = policy.grantControls?.builtInControls ?? []
  return {
    displayName: policy.displayName,
    state: policy.state,
    ...users,
    people: extentOf(users.includeUsers),
    includeUsers: namedIn(users.includeUsers),
    applications: extentOf(applications.includeApplications),
    includeApplications: namedIn(applications.includeApplications),
    excludeApplications: applications.excludeApplications,
    places: locations === null ? 'any' : isAll(locations.includeLocations) ? 'all' : 'some',
    includeLocations: namedIn(locations?.includeLocations ?? []),
    excludeLocations: locations?.excludeLocations ?? [],
    systems: platforms === null ? 'any' : isAll(platforms.includePlatforms) ? 'all' : 'some',
    includePlatforms: namedIn(platforms?.includePlatforms ?? []),
    excludePlatforms: platforms?.excludePlatforms ?? [],
    clients: isAll(clientAppTypes) ? 'all' : 'some',
    clientAppTypes: namedIn(clientAppTypes),
    grant: controls.includes('block') ? 'block' : controls.includes('mfa') ? 'mfa' : 'none',
    frequency: !signInFrequency
      ? 'none'
      : signInFrequency.frequencyInterval === 'everyTime'
        ? 'everyTime'
        : (signInFrequency.type ?? 'hours'),
    frequencyValue: signInFrequency?.value ?? newPolicy.frequencyValue,
    persistence: persistentBrowser?.mode ?? 'none',
  }
}

function isAll(values: readonly string[]): boolean {
  return values.some((value) => value.toLowerCase() === 'all')
}

function extentOf(values: readonly string[]): Extent {
  if (isAll(values)) return 'all'
  return values.includes('None') ? 'none' : 'some'
}

// The words that stand for everything or nothing are said by the extent.
function namedIn(values: readonly string[]): readonly string[] {
  return values.filter((value) => !['all', 'none'].includes(value.toLowerCase()))
}
