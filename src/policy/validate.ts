import type { Issue } from '../base/check.ts'
import {
  type AccessPolicy,
  adminPortals,
  type NamedLocation,
  type NewAccessPolicy,
  trustedLocations,
} from './access-policy.ts'
import { parseRange } from './address.ts'

/** As many policies as the original takes, in whatever state. */
export const maxPolicies = 195
export const maxLocations = 195
/** Ranges of one location, in the original. */
export const maxRanges = 2_000
// The original takes no wider ones; whoever means half of the internet means everybody else.
const minRangeBits = 8
/** Ids in one list of a policy; an edge compiles them with every change. */
export const maxNamed = 1_000

/** What there is for a policy to name: ids of each kind. */
export interface KnownNames {
  readonly people: ReadonlySet<string>
  readonly groups: ReadonlySet<string>
  readonly roles: ReadonlySet<string>
  /** App ids. */
  readonly applications: ReadonlySet<string>
  readonly locations: ReadonlySet<string>
}

/** Every list of ids in a policy, with its place and kind. */
export interface NamedIds {
  readonly path: string
  readonly kind: keyof KnownNames
  readonly ids: readonly string[]
}

/** Words that stand among ids, for what is always there. */
const wordsFor: Partial<Record<keyof KnownNames, string>> = {
  applications: adminPortals,
  locations: trustedLocations,
}

/** The ids that a policy names, and the words among them. */
export function namedIds({ conditions }: AccessPolicy): readonly NamedIds[] {
  const { people, applications, locations } = conditions
  const ids = (scope: string | readonly string[]) => (typeof scope === 'string' ? [] : scope)
  const at = (path: string, kind: keyof KnownNames, list: readonly string[]) => ({
    path: `/conditions/${path}`,
    kind,
    ids: list,
  })
  return [
    at('people/include/people', 'people', ids(people.include.people)),
    at('people/include/groups', 'groups', people.include.groups),
    at('people/include/roles', 'roles', people.include.roles),
    at('people/exclude/people', 'people', ids(people.exclude.people)),
    at('people/exclude/groups', 'groups', people.exclude.groups),
    at('people/exclude/roles', 'roles', people.exclude.roles),
    at('applications/include', 'applications', ids(applications.include)),
    at('applications/exclude', 'applications', applications.exclude),
    at('locations/include', 'locations', ids(locations?.include ?? [])),
    at('locations/exclude', 'locations', locations?.exclude ?? []),
  ]
}

/**
 * What is wrong with a policy. `before`: the policy that it takes the place of; what that one named already may be gone
 * meanwhile and stays. [G4]
 */
export function validatePolicy(
  policy: AccessPolicy,
  known: KnownNames,
  before: AccessPolicy | undefined,
): readonly Issue[] {
  return [...unknownNames(policy, known, before), ...validateParts(policy)]
}

/** The part of it that looks at nothing but the policy. */
function validateParts(policy: NewAccessPolicy): readonly Issue[] {
  return [...missingParts(policy), ...contradictions(policy)]
}

function unknownNames(
  policy: AccessPolicy,
  known: KnownNames,
  before: AccessPolicy | undefined,
): readonly Issue[] {
  const kept = before ? namedIds(before) : []
  return namedIds(policy).flatMap(({ path, kind, ids }, list) =>
    ids.flatMap((id, i) =>
      known[kind].has(id) || id === wordsFor[kind] || kept[list]?.ids.includes(id)
        ? []
        : [issue(`${path}/${i}`, 'unknown-name', `${id} is none of the ${kind} here`)],
    ),
  )
}

function missingParts({ conditions, grant, session }: NewAccessPolicy): readonly Issue[] {
  const { people, applications, locations, platforms, clients } = conditions
  const { include } = people
  const issues: Issue[] = []
  const need = (met: boolean, path: string, message: string) => {
    if (!met) issues.push(issue(path, 'required', message))
  }
  const nobody = isEmpty(include.people) && isEmpty(include.groups) && isEmpty(include.roles)
  need(!nobody, '/conditions/people/include/people', 'must name people, groups, roles, All or None')
  need(
    !isEmpty(applications.include),
    '/conditions/applications/include',
    'must name applications, All or None',
  )
  const places = '/conditions/locations/include'
  need(!locations || !isEmpty(locations.include), places, 'must name locations, All or AllTrusted')
  const runsOn = '/conditions/platforms/include'
  need(!platforms || !isEmpty(platforms.include), runsOn, 'must name platforms or all')
  need(!isEmpty(clients), '/conditions/clients', 'must name kinds of clients or all')
  need(!grant || grant.controls.length > 0, '/grant/controls', 'must name a control')
  const does = grant !== undefined || session.maxAge || session.persistentBrowser
  need(does !== undefined, '/grant', 'must be there, or a session control: the policy does nothing')
  return issues
}

function contradictions({ conditions, grant, session }: NewAccessPolicy): readonly Issue[] {
  const issues: Issue[] = []
  if (grant && grant.controls.length > 1 && grant.controls.includes('block')) {
    issues.push(issue('/grant/controls', 'block-not-alone', 'must hold nothing besides block'))
  }
  if (grant?.controls.includes('block') && (session.maxAge || session.persistentBrowser)) {
    const message = 'must not be there where access is blocked'
    issues.push(issue('/session', 'session-with-block', message))
  }
  const { include } = conditions.applications
  if (session.persistentBrowser && include !== 'all') {
    const message = 'needs all applications: a browser keeps all of its sessions or none'
    issues.push(issue('/session/persistentBrowser', 'needs-all-applications', message))
  }
  return issues
}

/** What is wrong with a named location. [G4] */
export function validateLocation(location: NamedLocation): readonly Issue[] {
  if (location.kind === 'countries') {
    const none = location.countries.length === 0 && !location.includeUnknown
    return none ? [issue('/countries', 'required', 'must name a country or region')] : []
  }
  const { ranges } = location
  if (ranges.length === 0) return [issue('/ranges', 'required', 'must name a range')]
  if (ranges.length > maxRanges) {
    return [issue('/ranges', 'too-many', `must not hold more than ${maxRanges} ranges`)]
  }
  return ranges.flatMap((range, i) => {
    const parsed = parseRange(range)
    if (!parsed) return [issue(`/ranges/${i}`, 'not-a-range', `${range} is no CIDR`)]
    if (parsed.bits >= minRangeBits) return []
    const message = `${range} is wider than /${minRangeBits}`
    return [issue(`/ranges/${i}`, 'range-too-wide', message)]
  })
}

function isEmpty(scope: string | readonly string[]): boolean {
  return scope.length === 0
}

function issue(path: string, code: string, message: string): Issue {
  return { path, code, message }
}
