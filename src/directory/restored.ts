import { failed, type Issue } from '../base/check.ts'
import { globalAdministrator } from '../identity/roles.ts'
import { validateLocation } from '../policy/validate.ts'
import { type PublishingLimits, parsePublishing } from '../publishing/validate.ts'
import { findPolicyProblems } from './access-policies.ts'
import { ApplicationCache } from './application-cache.ts'
import { findApplicationProblems } from './applications.ts'
import { findProviderProblems, readIdentityProviders } from './identity-providers.ts'
import { findNaming } from './named-locations.ts'
import { reach, readNesting } from './nested-groups.ts'
import { readLocations, readPolicies } from './policy-rows.ts'
import type { Step } from './steps.ts'
import type { Rows } from './storage.ts'

/**
 * What is wrong with the configuration now that these rows were put back: by the validators that every change goes
 * through. Paths are `<table>/<id>/…`. [G4]
 */
export async function checkRestored(
  rows: Rows,
  steps: readonly Step[],
  limits: PublishingLimits,
): Promise<readonly Issue[]> {
  const touched = (name: string) => steps.filter(({ table }) => table.name === name)
  const back = (name: string) =>
    new Set(touched(name).flatMap(({ next }) => (next ? [String(next['id'])] : [])))
  return [
    ...(await checkApplications(rows, back('application'), limits)),
    ...(await checkPolicies(rows, back('access_policy'))),
    ...(await checkLocations(rows, touched('named_location'))),
    ...(await checkProviders(rows, back('identity_provider'))),
    ...(await checkDefaults(rows)),
    ...(await checkNesting(rows, touched('nested_group'))),
  ]
}

/** Whether anybody who may sign in administers. */
export async function hasEnabledAdministrator(rows: Rows): Promise<boolean> {
  const found = await rows
    .selectFrom('role_member')
    .innerJoin('person', 'person.id', 'role_member.person_id')
    .select('person.id')
    .where('role_id', '=', globalAdministrator.id)
    .where('person.enabled', '=', 1)
    .executeTakeFirst()
  return found !== undefined
}

function below(place: string, issues: readonly Issue[]): readonly Issue[] {
  return issues.map((issue) => ({ ...issue, path: `${place}${issue.path}` }))
}

async function checkApplications(
  rows: Rows,
  ids: ReadonlySet<string>,
  limits: PublishingLimits,
): Promise<readonly Issue[]> {
  if (ids.size === 0) return []
  // One of its own: what is written here is not committed yet.
  const cache = new ApplicationCache()
  const all = await cache.readAll(rows)
  const issues: Issue[] = []
  for (const application of all.filter(({ id }) => ids.has(id))) {
    const others = await cache.readNeighbours(rows, application)
    const { publishing } = application
    const own = publishing && parsePublishing({}, publishing, () => '')
    const found = [
      ...(own && failed(own) ? own.issues : []),
      ...(await findApplicationProblems(rows, application, others, limits)),
    ]
    issues.push(...below(`application/${application.id}`, found))
  }
  return issues
}

async function checkPolicies(rows: Rows, ids: ReadonlySet<string>): Promise<readonly Issue[]> {
  const issues: Issue[] = []
  for (const policy of ids.size === 0 ? [] : await readPolicies(rows)) {
    if (!ids.has(policy.id)) continue
    const found = await findPolicyProblems(rows, policy, undefined)
    issues.push(...below(`access_policy/${policy.id}`, found))
  }
  return issues
}

async function checkLocations(rows: Rows, steps: readonly Step[]): Promise<readonly Issue[]> {
  const issues: Issue[] = []
  const locations = steps.length === 0 ? [] : await readLocations(rows)
  for (const { now, next } of steps) {
    const id = String((next ?? now)?.['id'])
    const location = locations.find((each) => each.id === id)
    const found = location ? validateLocation(location) : await findNaming(rows, id)
    issues.push(...below(`named_location/${id}`, found))
  }
  return issues
}

async function checkProviders(rows: Rows, ids: ReadonlySet<string>): Promise<readonly Issue[]> {
  const issues: Issue[] = []
  const providers = ids.size === 0 ? [] : await readIdentityProviders(rows)
  for (const provider of providers.filter(({ id }) => ids.has(id))) {
    const found = await findProviderProblems(rows, provider, providers)
    issues.push(...below(`identity_provider/${provider.id}`, found))
  }
  if (providers.filter(({ isDefault }) => isDefault).length > 1) {
    const message = 'two providers would be the default'
    issues.push({ path: 'identity_provider', code: 'already-exists', message })
  }
  return issues
}

async function checkDefaults(rows: Rows): Promise<readonly Issue[]> {
  const lifetimes = rows.selectFrom('token_lifetime_policy').select('id')
  const defaults = await lifetimes.where('is_organization_default', '=', 1).execute()
  if (defaults.length < 2) return []
  const message = 'the organisation would have two default token lifetime policies'
  return [{ path: 'token_lifetime_policy', code: 'already-exists', message }]
}

async function checkNesting(rows: Rows, steps: readonly Step[]): Promise<readonly Issue[]> {
  if (steps.length === 0) return []
  const { above } = await readNesting(rows)
  const circular = steps.flatMap(({ next }) => (next ? [String(next['group_id'])] : []))
  return circular
    .filter((id) => (above.get(id) ?? []).some((next) => reach(above, next).has(id)))
    .map((id) => {
      const message = 'the group would contain itself'
      return { path: `nested_group/${id}`, code: 'circular', message }
    })
}
