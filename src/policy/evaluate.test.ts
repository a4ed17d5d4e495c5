import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccessPolicy } from './access-policy.ts'
import { parseAddress } from './address.ts'
import { appliedPolicies } from './applied-policies.ts'
import { compileConditionalAccess } from './compile.ts'
import { type AccessFacts, decideAccess, type SignInProof, unmetCondition } from './evaluate.ts'
import {
  applications,
  compiled,
  hourMs,
  noon,
  type PolicyChange,
  sampleFacts,
  samplePolicy,
  sampleProof,
  sources,
} from './sample.ts'

const at = (address: string, country?: string) => ({
  place: { address: parseAddress(address), country },
})
const inOffice = at('192.0.2.7')
const atHome = at('198.51.100.7', 'DE')
const known = ['android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux'] as const

const conditions: readonly (readonly [string, PolicyChange, Partial<AccessFacts>, boolean])[] = [
  ['all people', {}, {}, true],
  ['nobody by name', { include: { people: 'none' } }, {}, false],
  ['a person', { include: { people: ['ann'] } }, {}, true],
  ['another person', { include: { people: ['bob'] } }, {}, false],
  ['a group', { include: { groups: ['sales'] } }, {}, true],
  ['a group of others', { include: { groups: ['sales'] } }, { personId: 'eve' }, false],
  ['a group that is gone', { include: { groups: ['gone'] } }, {}, false],
  ['a role here', { include: { roles: ['manager'] } }, { personId: 'bob' }, true],
  [
    'a role at another application',
    { include: { roles: ['manager'] } },
    { personId: 'bob', applicationId: 'payroll', appId: 'app-payroll' },
    false,
  ],
  ['a role of the directory', { include: { roles: ['global'] } }, { personId: 'zoe' }, true],
  ['all but one person', { exclude: { people: ['ann'] } }, {}, false],
  ['all but a group', { exclude: { groups: ['sales'] } }, {}, false],
  ['all but a role', { exclude: { roles: ['global'] } }, { personId: 'zoe' }, false],
  [
    'a person who is in an excluded group: the exclusion wins',
    { include: { people: ['ann'] }, exclude: { groups: ['sales'] } },
    {},
    false,
  ],
  ['this application', about(['app-expenses']), {}, true],
  ['another application', about(['app-payroll']), {}, false],
  ['no application', about('none'), {}, false],
  ['all applications but this', about('all', ['app-expenses']), {}, false],
  ['the office from there', from(['office']), inOffice, true],
  ['the office from home', from(['office']), atHome, false],
  ['the office by IPv6', from(['office']), at('2001:db8:1:2::3'), true],
  ['the office by IPv4 within IPv6', from(['office']), at('::ffff:192.0.2.7'), true],
  ['everywhere', from('all'), atHome, true],
  ['everywhere but the office, from there', from('all', ['office']), inOffice, false],
  ['everywhere but the office, from home', from('all', ['office']), atHome, true],
  ['everywhere but trusted places, from one', from('all', ['trusted']), inOffice, false],
  ['everywhere but trusted places, from home', from('all', ['trusted']), atHome, true],
  ['trusted places only', from(['trusted']), inOffice, true],
  ['a country', from(['alps']), at('203.0.113.1', 'CH'), true],
  ['another country', from(['alps']), atHome, false],
  ['a country from an unknown one', from(['alps']), at('10.0.0.1'), false],
  ['a location that is gone', from(['gone']), inOffice, false],
  ['a platform', on(['windows']), {}, true],
  ['another platform', on(['android', 'iOS']), {}, false],
  ['any platform', on('all'), {}, true],
  ['any platform, an unknown one', on('all'), { platform: undefined }, true],
  ['one platform, an unknown one', on(['windows']), { platform: undefined }, false],
  ['any but the known, an unknown one', on('all', known), { platform: undefined }, true],
  ['any but the known, a known one', on('all', known), {}, false],
  ['browsers', { conditions: { clients: ['browser'] } }, {}, true],
  ['old clients', { conditions: { clients: ['exchangeActiveSync', 'other'] } }, {}, false],
  [
    'apps, an app',
    { conditions: { clients: ['mobileAppsAndDesktopClients'] } },
    { client: 'mobileAppsAndDesktopClients' },
    true,
  ],
]
for (const [what, change, facts, applies] of conditions) {
  test(`a policy for ${what} ${applies ? 'applies' : 'does not apply'} [S8]`, () => {
    const [policy] = compiled(samplePolicy(change))
    assert.ok(policy)
    assert.equal(unmetCondition(policy, sampleFacts(facts)) === undefined, applies)
  })
}

function about(
  include: AccessPolicy['conditions']['applications']['include'],
  exclude: string[] = [],
) {
  return { conditions: { applications: { include, exclude } } }
}

function from(include: 'all' | string[], exclude: string[] = []) {
  return { conditions: { locations: { include, exclude } } }
}

function on(
  include: 'all' | (typeof known)[number][],
  exclude: readonly (typeof known)[number][] = [],
) {
  return { conditions: { platforms: { include, exclude } } }
}

const block = { grant: { operator: 'OR', controls: ['block'] } } as const
const everyHour = { session: { maxAge: { unit: 'hours', count: 1 } }, grant: undefined } as const
const everyTime = { session: { maxAge: 'everyTime' }, grant: undefined } as const
const twoFactors = { multiFactor: true }
const hourOld = { authenticatedAt: noon - hourMs }

const outcomes: readonly (readonly [
  string,
  readonly PolicyChange[],
  Partial<SignInProof>,
  string,
])[] = [
  ['no policy', [], {}, 'allowed'],
  ['one factor where two are asked for', [{}], {}, 'mfa-required by p0'],
  ['two factors', [{}], twoFactors, 'allowed'],
  ['a block', [block], twoFactors, 'blocked-by-policy by p0'],
  ['a block and a factor', [{}, block], {}, 'blocked-by-policy by p1'],
  ['a block of others', [{ ...block, include: { people: ['bob'] } }], {}, 'allowed'],
  ['a fresh sign-in', [everyHour], {}, 'allowed'],
  ['a sign-in of an hour ago', [everyHour], hourOld, 'sign-in-too-old by p0'],
  ['one just younger', [everyHour], { authenticatedAt: noon - hourMs + 1 }, 'allowed'],
  [
    'one in the future, by a clock ahead',
    [everyHour],
    { authenticatedAt: noon + 60_000 },
    'allowed',
  ],
  ['two lacks', [everyHour, {}], hourOld, 'mfa-required by p1'],
  ['a sign-in for this session', [everyTime], {}, 'allowed'],
  [
    'one for another session',
    [everyTime],
    { authenticatedAt: noon - 301_000 },
    'sign-in-too-old by p0',
  ],
  ['one five minutes before', [everyTime], { authenticatedAt: noon - 300_000 }, 'allowed'],
  [
    'one for this session, which is long ago',
    [everyTime],
    { authenticatedAt: noon - hourMs, startedAt: noon - hourMs },
    'allowed',
  ],
  ['a disabled block', [{ ...block, state: 'disabled' }], {}, 'allowed'],
  ['a block in report-only', [{ ...block, state: 'reportOnly' }], {}, 'allowed'],
]
for (const [what, changes, proof, outcome] of outcomes) {
  test(`${what}: ${outcome} [S8]`, () => {
    assert.equal(say(changes, proof), outcome)
  })
}

function say(changes: readonly PolicyChange[], proof: Partial<SignInProof>): string {
  const policies = changes.map((change, i) => samplePolicy({ ...change, id: `p${i}` }))
  const { enforced } = compileConditionalAccess({ ...sources, policies }, applications)
  const met = enforced.get('expenses')?.policies ?? []
  const verdict = decideAccess(met, sampleFacts(), sampleProof(proof), noon)
  if (verdict.allowed) return 'allowed'
  return `${verdict.because.code} by ${verdict.because.policy.id}`
}

test('what several policies lack is asked for in one go, the youngest sign-in of all [S8]', () => {
  const daily = { session: { maxAge: { unit: 'days', count: 1 } } } as const
  const policies = compiled(samplePolicy(daily), samplePolicy({ ...everyHour, id: 'p2' }))
  const proof = sampleProof({ authenticatedAt: noon - 48 * hourMs })
  const verdict = decideAccess(policies, sampleFacts(), proof, noon)
  assert.ok(!verdict.allowed && verdict.because.code === 'mfa-required')
  assert.deepEqual(verdict.because.demand, { multiFactor: true, maxAgeSeconds: 3_480 })
})

test('a verdict holds until the sign-in gets too old for the strictest policy [S8]', () => {
  const daily = { grant: undefined, session: { maxAge: { unit: 'days', count: 1 } } } as const
  const policies = compiled(samplePolicy(daily), samplePolicy(everyHour))
  const verdict = decideAccess(policies, sampleFacts(), sampleProof(), noon)
  assert.deepEqual(verdict, { allowed: true, until: noon + hourMs, persistentBrowser: undefined })
})

test('of two words about persistent sessions the stricter one counts [S8]', () => {
  const say = (persistentBrowser: 'always' | 'never') =>
    samplePolicy({ grant: undefined, session: { persistentBrowser } })
  for (const policies of [
    compiled(say('always'), say('never')),
    compiled(say('never'), say('always')),
  ]) {
    const verdict = decideAccess(policies, sampleFacts(), sampleProof(), noon)
    assert.ok(verdict.allowed)
    assert.equal(verdict.persistentBrowser, 'never')
  }
})

const results = [
  ['one that is fulfilled', {}, twoFactors, 'success'],
  ['one that is not', {}, {}, 'failure'],
  ['one that blocks', block, {}, 'failure'],
  ['one for others', { include: { people: ['bob'] } }, {}, 'notApplied'],
  ['one that is off', { state: 'disabled' }, {}, 'notEnabled'],
  ['a fulfilled one in report-only', { state: 'reportOnly' }, twoFactors, 'reportOnlySuccess'],
  ['a block in report-only', { ...block, state: 'reportOnly' }, {}, 'reportOnlyFailure'],
  ['a factor in report-only', { state: 'reportOnly' }, {}, 'reportOnlyInterrupted'],
  [
    'one for others in report-only',
    { state: 'reportOnly', include: { people: ['bob'] } },
    {},
    'reportOnlyNotApplied',
  ],
] as const satisfies readonly (readonly [string, PolicyChange, Partial<SignInProof>, string])[]
for (const [what, change, proof, result] of results) {
  test(`the log says of ${what}: ${result} [S8]`, () => {
    const policies = compiled(samplePolicy(change))
    const [applied] = appliedPolicies(policies, sampleFacts(), sampleProof(proof), noon)
    assert.equal(applied?.result, result)
  })
}

test('the log names the controls of a policy that applies, and of no other [S8]', () => {
  const session = { maxAge: 'everyTime', persistentBrowser: 'never' } as const
  const policies = compiled(samplePolicy({ session }), samplePolicy({ session, ...about('none') }))
  const [applied, other] = appliedPolicies(policies, sampleFacts(), sampleProof(), noon)
  assert.deepEqual(applied?.grantControls, ['Mfa'])
  assert.deepEqual(applied?.sessionControls, ['SignInFrequency', 'PersistentBrowserSessionMode'])
  assert.deepEqual([...(other?.grantControls ?? []), ...(other?.sessionControls ?? [])], [])
})
