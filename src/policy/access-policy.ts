/** One conditional access policy, with nothing in it that the edge could not decide. Times are epoch milliseconds. [S8] */
export interface AccessPolicy {
  readonly id: string
  readonly displayName: string
  /** `reportOnly`: evaluated and recorded, never enforced. */
  readonly state: 'enabled' | 'disabled' | 'reportOnly'
  readonly conditions: PolicyConditions
  /** What is asked of whoever the conditions meet; undefined: nothing but the session controls. */
  readonly grant: GrantControls | undefined
  readonly session: SessionControls
  /** Of the template it was made from; kept for its owner. */
  readonly templateId: string | undefined
  readonly createdAt: number
  readonly modifiedAt: number | undefined
}

export type NewAccessPolicy = Omit<AccessPolicy, 'id' | 'createdAt' | 'modifiedAt'>

/** All of them must be met for a policy to apply. */
export interface PolicyConditions {
  readonly people: {
    readonly include: PeopleScope
    readonly exclude: PeopleScope
  }
  readonly applications: {
    /** App ids, and `adminPortals`. */
    readonly include: Scope
    readonly exclude: readonly string[]
  }
  /** undefined: wherever it comes from. Ids of named locations, or `trusted` for every trusted one. */
  readonly locations: Choice | undefined
  /** undefined: whatever it runs on. */
  readonly platforms: Choice<Platform> | undefined
  readonly clients: 'all' | readonly ClientKind[]
}

/** Everything, nothing by name, or these. */
export type Scope = 'all' | 'none' | readonly string[]

export interface PeopleScope {
  readonly people: Scope
  /** With the groups inside them. */
  readonly groups: readonly string[]
  /** Of the directory, or of the application that is entered. */
  readonly roles: readonly string[]
}

export interface Choice<Value extends string = string> {
  readonly include: 'all' | readonly Value[]
  readonly exclude: readonly Value[]
}

/** Stands among the ids of locations for all that are trusted. */
export const trustedLocations = 'trusted'
/** Stands among app ids for where administrators work: the portal, and the management API in people's names. */
export const adminPortals = 'adminPortals'

export const platforms = ['android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux'] as const
/** What a browser says it runs on. Whoever wants to lie about it can. */
export type Platform = (typeof platforms)[number]

export const clientKinds = [
  'browser',
  'mobileAppsAndDesktopClients',
  'exchangeActiveSync',
  'other',
] as const
/** `browser` comes with a session, `mobileAppsAndDesktopClients` with a bearer token; the rest never comes here. */
export type ClientKind = (typeof clientKinds)[number]

export const grantControls = ['block', 'mfa'] as const
export type GrantControl = (typeof grantControls)[number]

export interface GrantControls {
  readonly operator: 'AND' | 'OR'
  /** `block` stands alone. */
  readonly controls: readonly GrantControl[]
}

export interface SessionControls {
  /** Of the sign-in, in seconds, or `everyTime`: no older than the session. */
  readonly maxAge: MaxAge | undefined
  /** Whether the session survives the browser's end, whatever the application says. */
  readonly persistentBrowser: 'always' | 'never' | undefined
}

export type MaxAge = 'everyTime' | { readonly unit: 'hours' | 'days'; readonly count: number }

/** A place that policies can name. Times are epoch milliseconds. */
export type NamedLocation = NewNamedLocation & {
  readonly id: string
  readonly createdAt: number
  readonly modifiedAt: number | undefined
}

export type NewNamedLocation = { readonly displayName: string } & (
  | AddressLocation
  | CountryLocation
)

export interface AddressLocation {
  readonly kind: 'addresses'
  /** CIDRs as they were written. */
  readonly ranges: readonly string[]
  readonly trusted: boolean
}

export interface CountryLocation {
  readonly kind: 'countries'
  /** ISO 3166-1 alpha-2, upper case. */
  readonly countries: readonly string[]
  /** Whether an address of no known country counts. */
  readonly includeUnknown: boolean
}
