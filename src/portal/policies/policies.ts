import { collection, resource } from '../api/queries.ts'

const conditionalAccess = '/identity/conditionalAccess'
export const policiesPath = `${conditionalAccess}/policies`
export const locationsPath = `${conditionalAccess}/namedLocations`
export const lifetimesPath = '/policies/tokenLifetimePolicies'
export const evaluatePath = `${conditionalAccess}/evaluate`

export type PolicyState = 'enabled' | 'disabled' | 'enabledForReportingButNotEnforced'

/** A conditional access policy, as far as the edge decides by it. */
export interface Policy {
  readonly '@odata.etag'?: string
  readonly id: string
  readonly displayName: string
  readonly state: PolicyState
  readonly createdDateTime: string
  readonly modifiedDateTime: string | null
  readonly conditions: Conditions
  readonly grantControls: { readonly builtInControls: readonly string[] } | null
  readonly sessionControls: SessionControls | null
}

/** When a policy applies. */
export interface Conditions {
  readonly users: {
    readonly includeUsers: readonly string[]
    readonly excludeUsers: readonly string[]
    readonly includeGroups: readonly string[]
    readonly excludeGroups: readonly string[]
    readonly includeRoles: readonly string[]
    readonly excludeRoles: readonly string[]
  }
  readonly applications: {
    readonly includeApplications: readonly string[]
    readonly excludeApplications: readonly string[]
  }
  readonly locations: {
    readonly includeLocations: readonly string[]
    readonly excludeLocations: readonly string[]
  } | null
  readonly platforms: {
    readonly includePlatforms: readonly string[]
    readonly excludePlatforms: readonly string[]
  } | null
  readonly clientAppTypes: readonly string[]
}

/** What a policy says about the session. */
export interface SessionControls {
  readonly signInFrequency: {
    readonly frequencyInterval: 'timeBased' | 'everyTime'
    readonly type: 'hours' | 'days' | null
    readonly value: number | null
  } | null
  readonly persistentBrowser: { readonly mode: 'always' | 'never' } | null
}

/** A named location of either kind. */
export interface NamedLocation {
  readonly '@odata.type': string
  readonly id: string
  readonly displayName: string
  readonly isTrusted?: boolean
  readonly ipRanges?: readonly { readonly cidrAddress: string }[]
  readonly countriesAndRegions?: readonly string[]
  readonly includeUnknownCountriesAndRegions?: boolean
}

/** A token lifetime policy with its definition. */
export interface LifetimePolicy {
  readonly id: string
  readonly displayName: string
  readonly definition: readonly string[]
  readonly isOrganizationDefault: boolean
}

/** What a policy would do with a sign-in. */
export interface PolicyAnalysis extends Policy {
  readonly policyApplies: boolean
  readonly analysisReasons: string
}

/** All policies. */
export function policyList() {
  return collection<Policy>(policiesPath)
}

/** One policy. */
export function policyOf(id: string) {
  return resource<Policy>(`${policiesPath}/${id}`)
}

/** All named locations. */
export function locationList() {
  return collection<NamedLocation>(locationsPath)
}

/** All token lifetime policies. */
export function lifetimeList() {
  return collection<LifetimePolicy>(lifetimesPath)
}

/** What the states are called. */
export const stateLabels: Readonly<Record<PolicyState, string>> = {
  enabled: 'On',
  enabledForReportingButNotEnforced: 'Report-only',
  disabled: 'Off',
}

/** What a policy asks for, in a few words. */
export function demandOf({ grantControls, sessionControls }: Policy): string {
  const controls = grantControls?.builtInControls ?? []
  const parts = [
    controls.includes('block') && 'Block',
    controls.includes('mfa') && 'A second factor',
    frequencyText(sessionControls?.signInFrequency ?? null),
    sessionControls?.persistentBrowser &&
      `Cookie outlives the browser: ${sessionControls.persistentBrowser.mode}`,
  ]
  const said = parts.filter(Boolean)
  return said.length === 0 ? 'Nothing' : said.join(', ')
}

function frequencyText(frequency: SessionControls['signInFrequency']): string | undefined {
  if (!frequency) return undefined
  if (frequency.frequencyInterval === 'everyTime') return 'A sign-in every time'
  const unit = frequency.value === 1 ? frequency.type?.replace(/s$/, '') : frequency.type
  return `A sign-in every ${frequency.value} ${unit}`
}
