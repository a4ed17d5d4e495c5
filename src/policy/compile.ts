import { portal } from '../publishing/built-in.ts'
import {
  type AccessPolicy,
  adminPortals,
  type Choice,
  type ClientKind,
  type MaxAge,
  type NamedLocation,
  type PeopleScope,
  type Platform,
  type Scope,
  trustedLocations,
} from './access-policy.ts'
import { asksForCountry, type CompiledPlaces, compilePlaces } from './named-location.ts'

/** What conditional access is compiled from. */
export interface PolicySources {
  /** In the order of their creation, which decides which one is named when several refuse. */
  readonly policies: readonly AccessPolicy[]
  readonly locations: readonly NamedLocation[]
  /** Of every group that a policy names: the people in it and in the groups inside it. */
  readonly groupMembers: ReadonlyMap<string, ReadonlySet<string>>
  /** Of every role that a policy names: who has it. */
  readonly roleHolders: ReadonlyMap<string, RoleHolders>
}

export interface RoleHolders {
  /** A role of the directory. */
  readonly everywhere: ReadonlySet<string>
  /** A role of applications: application id → people. */
  readonly at: ReadonlyMap<string, ReadonlySet<string>>
}

/** All policies, ready to be asked. Immutable; part of a snapshot. */
export interface ConditionalAccess {
  /** Disabled ones as well: they are recorded as such. */
  readonly policies: readonly CompiledPolicy[]
  /** Application id → the policies that can refuse somebody there; applications without any are not in it. */
  readonly enforced: ReadonlyMap<string, EnforcedPolicies>
}

/** What is enforced at one application. A new object for every snapshot, so that its identity tells versions apart. */
export interface EnforcedPolicies {
  readonly policies: readonly CompiledPolicy[]
  readonly needs: Needs
}

/** The facts that somebody has to find out. */
export interface Needs {
  readonly platform: boolean
  readonly address: boolean
  readonly country: boolean
}

export interface CompiledPolicy {
  readonly policy: AccessPolicy
  readonly includes: CompiledPeople
  readonly excludes: CompiledPeople
  readonly applications: { readonly include: CompiledScope; readonly exclude: ReadonlySet<string> }
  readonly clients: ReadonlySet<ClientKind> | undefined
  readonly platforms: CompiledChoice<Platform> | undefined
  readonly places:
    | { readonly include: CompiledPlaces; readonly exclude: CompiledPlaces }
    | undefined
  readonly maxAge: 'everyTime' | { readonly seconds: number } | undefined
}

export interface CompiledPeople {
  readonly everybody: boolean
  /** By name, by a group or by a role of the directory; the sets of the sources, which are large, and not copied. */
  readonly among: readonly ReadonlySet<string>[]
  /** By a role of an application: application id → people. */
  readonly byRole: readonly ReadonlyMap<string, ReadonlySet<string>>[]
}

interface CompiledScope {
  readonly all: boolean
  readonly ids: ReadonlySet<string>
}

interface CompiledChoice<Value> {
  readonly all: boolean
  readonly include: ReadonlySet<Value>
  readonly exclude: ReadonlySet<Value>
}

/** An application as policies see it: they name its app id. */
export interface PolicedApplication {
  readonly id: string
  readonly appId: string
}

/** Compiles the policies for these applications. */
export function compileConditionalAccess(
  sources: PolicySources,
  applications: Iterable<PolicedApplication>,
): ConditionalAccess {
  const policies = sources.policies.map((policy) => compilePolicy(policy, sources))
  const on = policies.filter(({ policy }) => policy.state === 'enabled')
  const named = new Set(
    on.flatMap(({ applications: about }) => [...about.include.ids, ...about.exclude]),
  )
  // Applications that no policy names are all met by the same ones, and share one object.
  const common = enforce(on.filter(({ applications: about }) => about.include.all))
  const enforced = new Map<string, EnforcedPolicies>()
  for (const { id, appId } of on.length === 0 ? [] : applications) {
    const met = named.has(appId)
      ? enforce(on.filter((each) => coversApplication(each, appId)))
      : common
    if (met) enforced.set(id, met)
  }
  return { policies, enforced }
}

function enforce(policies: readonly CompiledPolicy[]): EnforcedPolicies | undefined {
  return policies.length === 0 ? undefined : { policies, needs: needsOf(policies) }
}

/** Whether a policy is about this application. */
export function coversApplication({ applications }: CompiledPolicy, appId: string): boolean {
  const { include, exclude } = applications
  return (include.all || include.ids.has(appId)) && !exclude.has(appId)
}

function compilePolicy(policy: AccessPolicy, sources: PolicySources): CompiledPolicy {
  const { people, applications, locations, platforms, clients } = policy.conditions
  return {
    policy,
    includes: compilePeople(people.include, sources),
    excludes: compilePeople(people.exclude, sources),
    applications: {
      include: compileScope(applications.include, appIdOf),
      exclude: new Set(applications.exclude.map(appIdOf)),
    },
    clients: clients === 'all' ? undefined : new Set(clients),
    platforms: platforms && compileChoice(platforms),
    places: locations && {
      include:
        locations.include === 'all'
          ? compilePlaces([], true)
          : compilePlaces(named(locations.include, sources)),
      exclude: compilePlaces(named(locations.exclude, sources)),
    },
    maxAge: compileMaxAge(policy.session.maxAge),
  }
}

function compilePeople(scope: PeopleScope, sources: PolicySources): CompiledPeople {
  const named = compileScope(scope.people)
  const groups = scope.groups.flatMap((id) => sources.groupMembers.get(id) ?? [])
  const roles = scope.roles.flatMap((id) => sources.roleHolders.get(id) ?? [])
  const among = [named.ids, ...groups, ...roles.map(({ everywhere }) => everywhere)]
  return {
    everybody: named.all,
    among: among.filter(({ size }) => size > 0),
    byRole: roles.map(({ at }) => at).filter(({ size }) => size > 0),
  }
}

function compileScope(scope: Scope, idOf = (name: string) => name): CompiledScope {
  return { all: scope === 'all', ids: new Set(typeof scope === 'string' ? [] : scope.map(idOf)) }
}

function appIdOf(name: string): string {
  return name === adminPortals ? portal.appId : name
}

function compileChoice<Value extends string>({
  include,
  exclude,
}: Choice<Value>): CompiledChoice<Value> {
  return {
    all: include === 'all',
    include: new Set(include === 'all' ? [] : include),
    exclude: new Set(exclude),
  }
}

function named(ids: readonly string[], { locations }: PolicySources): readonly NamedLocation[] {
  const wanted = new Set(ids)
  const allTrusted = wanted.has(trustedLocations)
  return locations.filter(
    (location) =>
      wanted.has(location.id) || (allTrusted && location.kind === 'addresses' && location.trusted),
  )
}

const secondsOf = { hours: 3_600, days: 86_400 } as const

function compileMaxAge(maxAge: MaxAge | undefined): CompiledPolicy['maxAge'] {
  if (maxAge === undefined || maxAge === 'everyTime') return maxAge
  return { seconds: maxAge.count * secondsOf[maxAge.unit] }
}

function needsOf(policies: readonly CompiledPolicy[]): Needs {
  const countries = policies.some(
    ({ places }) => places && (asksForCountry(places.include) || asksForCountry(places.exclude)),
  )
  return {
    platform: policies.some(({ platforms }) => platforms !== undefined),
    address: policies.some(({ places }) => places !== undefined),
    country: countries,
  }
}
