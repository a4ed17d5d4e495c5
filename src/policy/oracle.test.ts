import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AccessPolicy, PeopleScope } from './access-policy.ts'
import { clientKinds, platforms, trustedLocations } from './access-policy.ts'
import { parseAddress } from './address.ts'
import { compileConditionalAccess } from './compile.ts'
import { decideAccess } from './evaluate.ts'
import { alps, applications, hourMs, noon, office, sources } from './sample.ts'

/** One sign-in, in the words of the documentation. */
interface SignIn {
  readonly user: string
  readonly groups: readonly string[]
  /** That count at this application. */
  readonly roles: readonly string[]
  readonly appId: string
  readonly named: readonly string[]
  readonly platform: (typeof platforms)[number] | undefined
  readonly client: (typeof clientKinds)[number]
  readonly mfaDone: boolean
  readonly hoursSinceSignIn: number
}

const people = {
  ann: { groups: ['sales'], roles: {} },
  bob: { groups: ['sales'], roles: { expenses: ['manager'] } },
  zoe: { groups: [], roles: { expenses: ['global'], payroll: ['global'] } },
} as const satisfies Record<string, { groups: string[]; roles: Record<string, string[]> }>
type Person = keyof typeof people

// Where one may come from, and the named locations that hold it.
const origins = [
  { address: '192.0.2.7', country: 'DE', named: ['office'] },
  { address: '192.0.2.8', country: 'AT', named: ['office', 'alps'] },
  { address: '203.0.113.1', country: 'CH', named: ['alps'] },
  { address: '198.51.100.7', country: undefined, named: [] },
] as const

/**
 * "All applicable policies must be satisfied"; "exclude wins over include"; "a block wins over everything"; what is asked
 * for at once is what all of them together ask for.
 */
function oracle(policies: readonly AccessPolicy[], signIn: SignIn): string {
  const applicable = policies.filter((each) => each.state === 'enabled' && applies(each, signIn))
  const has = (control: 'block' | 'mfa') =>
    applicable.some(({ grant }) => grant?.controls.includes(control))
  if (has('block')) return 'blocked-by-policy'
  if (has('mfa') && !signIn.mfaDone) return 'mfa-required'
  const tooOld = applicable.some(({ session: { maxAge } }) => {
    if (maxAge === undefined) return false
    // Every time: the sign-in is older than the session, which begins now.
    if (maxAge === 'everyTime') return signIn.hoursSinceSignIn > 0
    return signIn.hoursSinceSignIn >= maxAge.count * (maxAge.unit === 'days' ? 24 : 1)
  })
  return tooOld ? 'sign-in-too-old' : 'allowed'
}

function applies({ conditions }: AccessPolicy, signIn: SignIn): boolean {
  const { people: who, applications: what, locations, platforms: runsOn, clients } = conditions
  if (!isAmong(who.include, signIn) || isAmong(who.exclude, signIn)) return false
  if (what.include !== 'all' && !what.include.includes(signIn.appId)) return false
  if (what.exclude.includes(signIn.appId)) return false
  if (clients !== 'all' && !clients.includes(signIn.client)) return false
  if (runsOn) {
    if (signIn.platform === undefined && runsOn.include !== 'all') return false
    if (signIn.platform !== undefined) {
      if (runsOn.include !== 'all' && !runsOn.include.includes(signIn.platform)) return false
      if (runsOn.exclude.includes(signIn.platform)) return false
    }
  }
  if (!locations) return true
  // The office is the one that is trusted.
  const places = signIn.named.flatMap((id) => (id === 'office' ? [id, trustedLocations] : [id]))
  const included =
    locations.include === 'all' || locations.include.some((id) => places.includes(id))
  return included && !locations.exclude.some((id) => places.includes(id))
}

function isAmong(scope: PeopleScope, { user, groups, roles }: SignIn): boolean {
  if (scope.people === 'all' || (scope.people !== 'none' && scope.people.includes(user)))
    return true
  return (
    scope.groups.some((id) => groups.includes(id)) || scope.roles.some((id) => roles.includes(id))
  )
}

const some = <Value>(...values: readonly Value[]) =>
  fc.subarray([...values], { maxLength: Math.min(2, values.length) })
/** Mostly `usual`, so that every condition is met often enough. */
function mostly<Usual, Other>(usual: Usual, other: fc.Arbitrary<Other>) {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: other })
}

const scope = fc.record({
  people: mostly(
    'all' as const,
    fc.oneof(fc.constant('none' as const), some('ann', 'bob', 'gone')),
  ),
  groups: some('sales', 'gone'),
  roles: some('manager', 'global', 'gone'),
})
const policy: fc.Arbitrary<AccessPolicy> = fc
  .record({
    state: fc.constantFrom('enabled', 'enabled', 'enabled', 'disabled', 'reportOnly'),
    include: scope,
    exclude: mostly(
      { people: [], groups: [], roles: [] },
      scope.map((each) => ({ ...each, people: [] })),
    ),
    apps: mostly('all' as const, some('app-expenses', 'app-payroll')),
    notApps: some('app-payroll'),
    locations: mostly(
      undefined,
      fc.record({
        include: fc.oneof(fc.constant('all' as const), some('office', 'alps', trustedLocations)),
        exclude: some('office', 'alps', trustedLocations),
      }),
    ),
    platforms: mostly(
      undefined,
      fc.record({
        include: fc.oneof(fc.constant('all' as const), some(...platforms)),
        exclude: some(...platforms),
      }),
    ),
    clients: mostly('all' as const, some(...clientKinds)),
    control: fc.constantFrom('block', 'mfa', undefined),
    maxAge: fc.constantFrom(
      undefined,
      'everyTime' as const,
      { unit: 'hours', count: 2 } as const,
      { unit: 'days', count: 1 } as const,
    ),
  })
  .map((parts) => ({
    ...{ id: 'p', displayName: 'p', state: parts.state, templateId: undefined },
    conditions: {
      people: { include: parts.include, exclude: parts.exclude },
      applications: { include: parts.apps, exclude: parts.notApps },
      locations: parts.locations,
      platforms: parts.platforms,
      clients: parts.clients,
    },
    grant: parts.control && { operator: 'OR' as const, controls: [parts.control] },
    session: { maxAge: parts.maxAge, persistentBrowser: undefined },
    ...{ createdAt: 0, modifiedAt: undefined },
  }))

const visit = fc.record({
  user: fc.constantFrom<Person>('ann', 'bob', 'zoe'),
  app: fc.constantFrom(...applications),
  origin: fc.constantFrom(...origins),
  platform: fc.constantFrom(undefined, ...platforms),
  client: fc.constantFrom(...clientKinds),
  mfaDone: fc.boolean(),
  hoursSinceSignIn: fc.constantFrom(0, 1, 2, 23, 24, 400),
})

test('policies and sign-ins of all kinds: the edge decides as the documentation says [S8]', () => {
  assert.deepEqual([office.id, alps.id], ['office', 'alps'])
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(fc.array(policy, { maxLength: 5 }), visit, (drawn, at) => {
      const policies = drawn.map((each, i) => ({ ...each, id: `p${i}` }))
      const { enforced } = compileConditionalAccess({ ...sources, policies }, applications)
      const { app, origin, user } = at
      const facts = {
        ...{ personId: user, applicationId: app.id, appId: app.appId },
        ...{ client: at.client, platform: at.platform },
        place: { address: parseAddress(origin.address), country: origin.country },
      }
      const proof = {
        authenticatedAt: noon - at.hoursSinceSignIn * hourMs,
        startedAt: noon,
        multiFactor: at.mfaDone,
      }
      const verdict = decideAccess(enforced.get(app.id)?.policies ?? [], facts, proof, noon)
      const roles: Readonly<Record<string, readonly string[]>> = people[user].roles
      const expected = oracle(policies, {
        ...at,
        ...{ groups: people[user].groups, roles: roles[app.id] ?? [] },
        ...{ appId: app.appId, named: origin.named },
      })
      seen.set(expected, (seen.get(expected) ?? 0) + 1)
      assert.equal(verdict.allowed ? 'allowed' : verdict.because.code, expected)
    }),
    { numRuns: 2_000 },
  )
  // All of them were met often enough to mean something.
  assert.ok(seen.size === 4 && Math.min(...seen.values()) > 50, JSON.stringify([...seen]))
})
