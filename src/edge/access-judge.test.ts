import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trustProxies } from '../http/forwarded.ts'
import type { Session } from '../identity/session.ts'
import { compileConditionalAccess, type EnforcedPolicies } from '../policy/compile.ts'
import {
  applications,
  hourMs,
  noon,
  type PolicyChange,
  samplePolicy,
  sources,
} from '../policy/sample.ts'
import { tokenNotEnough } from '../refusal/token-refusals.ts'
import { AccessJudge } from './access-judge.ts'

const [expenses] = applications
assert.ok(expenses)
const app = expenses

function sessionOf(change: Partial<Session> = {}): Session {
  return {
    ...{ id: 's', personId: 'ann', userPrincipalName: 'ann@contoso.net', displayName: 'Ann' },
    ...{ applicationId: app.id, providerId: 'embedded', providerSessionId: undefined },
    ...{ createdAt: noon, expiresAt: noon + 9 * hourMs, authenticatedAt: noon },
    ...{ verifiedAt: noon, refreshable: false, seenAt: noon },
    ...{ amr: ['pwd'], acr: undefined, claims: {} },
    ...change,
  }
}

const block = { grant: { operator: 'OR', controls: ['block'] } } as const
const outsideAlps = {
  ...block,
  conditions: { locations: { include: 'all', exclude: ['alps'] } },
} as const satisfies PolicyChange

/** A judge that writes down which addresses it had to look up: each is one verdict made anew. */
function judgeBy(changes: readonly PolicyChange[], proxies: readonly string[] = []) {
  const time = { now: noon }
  const asked: string[] = []
  const policies = changes.map((change) => samplePolicy(change))
  const compile = () => compileConditionalAccess({ ...sources, policies }, applications)
  const judge = new AccessJudge({
    clock: () => time.now,
    trustedProxies: trustProxies(proxies),
    countryOf: (address) => {
      asked.push(address)
      return address.startsWith('192.0.2.') ? 'AT' : undefined
    },
    current: compile,
  })
  const enforced = (): EnforcedPolicies => compile().enforced.get(app.id) ?? assert.fail('none')
  return { time, asked, judge, enforced }
}

const fromAlps = { peer: '192.0.2.7', headers: [] }
const fromElsewhere = { peer: '198.51.100.7', headers: [] }

test('a verdict is made once for a session, its address and its policies [S8]', () => {
  const { asked, judge, enforced } = judgeBy([outsideAlps])
  const policies = enforced()
  const session = sessionOf()
  for (let i = 0; i < 100; i++) {
    assert.equal(judge.judge(policies, app, session, fromAlps).allowed, true)
  }
  assert.deepEqual(asked, ['192.0.2.7'])
  assert.equal(judge.judge(policies, app, session, fromElsewhere).allowed, false)
  assert.equal(judge.judge(enforced(), app, session, fromElsewhere).allowed, false)
  assert.equal(judge.judge(policies, app, sessionOf(), fromAlps).allowed, true)
  assert.deepEqual(asked, ['192.0.2.7', '198.51.100.7', '198.51.100.7', '192.0.2.7'])
})

test('a session that was renewed with other facts is judged anew [S8]', () => {
  const { judge, enforced } = judgeBy([{}])
  const policies = enforced()
  const session = sessionOf()
  assert.equal(judge.judge(policies, app, session, fromAlps).allowed, false)
  const renewed = { ...session, amr: ['pwd', 'otp', 'mfa'] }
  assert.equal(judge.judge(policies, app, renewed, fromAlps).allowed, true)
})

test('a verdict holds no longer than the sign-in is young enough [S8]', () => {
  const hourly = { grant: undefined, session: { maxAge: { unit: 'hours', count: 1 } } } as const
  const { time, judge, enforced } = judgeBy([hourly])
  const policies = enforced()
  const session = sessionOf()
  const isAllowed = () => judge.judge(policies, app, session, fromAlps).allowed
  assert.equal(isAllowed(), true)
  time.now = noon + hourMs - 1
  assert.equal(isAllowed(), true)
  time.now = noon + hourMs
  assert.equal(isAllowed(), false)
})

test('the platform is looked at with every request, where a policy asks for it [S8]', () => {
  const noPhones = {
    ...block,
    conditions: { platforms: { include: ['android', 'iOS'], exclude: [] } },
  } as const
  const { judge, enforced } = judgeBy([noPhones])
  const policies = enforced()
  const session = sessionOf()
  const from = (hint: string) => ({ peer: '192.0.2.7', headers: ['Sec-CH-UA-Platform', hint] })
  assert.equal(judge.judge(policies, app, session, from('"Windows"')).allowed, true)
  assert.equal(judge.judge(policies, app, session, from('"Android"')).allowed, false)
  assert.equal(judge.judge(policies, app, session, from('"Windows"')).allowed, true)
})

const addresses = [
  ['nobody is trusted: the peer counts', [], '198.51.100.1', '192.0.2.7', false],
  ['a trusted proxy tells the client', ['198.51.100.1'], '198.51.100.1', '192.0.2.7', true],
  ['a proxy that is not trusted tells nothing', ['10.0.0.1'], '198.51.100.1', '192.0.2.7', false],
  [
    'what the client claims itself is worth nothing',
    ['198.51.100.1'],
    '198.51.100.1',
    '192.0.2.7, 203.0.113.9',
    false,
  ],
  ['no address at all is of no country', ['198.51.100.1'], '198.51.100.1', 'unknown', false],
] as const
for (const [what, proxies, peer, forwarded, isAllowed] of addresses) {
  test(`${what} [S8] [F2]`, () => {
    const { judge, enforced } = judgeBy([outsideAlps], proxies)
    const client = { peer, headers: ['X-Forwarded-For', forwarded] }
    assert.equal(judge.judge(enforced(), app, sessionOf(), client).allowed, isAllowed)
  })
}

test('a provider that does not say when somebody signed in proves no young sign-in [S8]', () => {
  const daily = { grant: undefined, session: { maxAge: { unit: 'days', count: 1 } } } as const
  const { judge } = judgeBy([daily])
  const signedIn = {
    ...{ providerId: 'x', issuer: 'https://x.test', subject: 'ann', providerSessionId: undefined },
    ...{ idToken: '', refreshToken: undefined, authenticatedAt: noon, askedAt: noon },
    ...{ amr: [], acr: undefined, claims: {} },
  }
  const verdict = (tellsWhen: boolean) =>
    judge.judgeSignIn(app, 'ann', { ...signedIn, tellsWhen }, fromAlps)
  assert.equal(verdict(true).allowed, true)
  assert.equal(verdict(false).allowed, false)
})

for (const maxAge of [{ unit: 'days', count: 1 }, 'everyTime'] as const) {
  test(`a token that does not say when its person signed in proves no young sign-in (${maxAge === 'everyTime' ? maxAge : 'daily'}) [S8] [S10]`, () => {
    const { judge, enforced } = judgeBy([{ grant: undefined, session: { maxAge } }])
    const isAllowed = (claims: Session['claims']) =>
      judge.judge(enforced(), app, sessionOf({ id: 'token:x', claims }), fromAlps).allowed
    assert.equal(isAllowed({ auth_time: noon / 1000 }), true)
    assert.equal(isAllowed({}), false)
  })
}

const byToken = { id: 'token:x' }
const kinds = [
  ['a person with a browser', ['browser'], {}, false],
  ['a person with a browser, where apps are meant', ['mobileAppsAndDesktopClients'], {}, true],
  ['a person with a token', ['mobileAppsAndDesktopClients'], byToken, false],
  ['a person with a token, where browsers are meant', ['browser'], byToken, true],
  ['a person with a token, where all are meant', 'all', byToken, false],
  ['a person without a name, with a token', 'all', { ...byToken, userPrincipalName: '' }, false],
] as const
for (const [what, clients, change, isAllowed] of kinds) {
  test(`${what} is ${isAllowed ? 'not ' : ''}blocked [S8] [S10]`, () => {
    const { judge, enforced } = judgeBy([{ ...block, conditions: { clients } }])
    const verdict = judge.judge(enforced(), app, sessionOf(change), fromAlps)
    assert.equal(verdict.allowed, isAllowed)
  })
}

test('a program learns from the challenge what its person has to show (RFC 9470 §3) [S8] [S10]', () => {
  const demand = { multiFactor: true, maxAgeSeconds: 3_480 }
  const { status, headers } = tokenNotEnough('mfa-required', demand)
  assert.equal(status, 401)
  assert.deepEqual(headers, [
    'WWW-Authenticate',
    'Bearer error="insufficient_user_authentication", error_description="A policy asks for a second factor.", acr_values="https://refeds.org/profile/mfa", max_age="3480"',
  ])
})

test('the log gets what every policy said to a session, report-only and disabled ones as well [S8]', () => {
  const { judge } = judgeBy([
    { ...block, id: 'a' },
    { ...block, id: 'b', state: 'reportOnly' },
    { ...block, id: 'c', state: 'disabled' },
    { id: 'd', conditions: { clients: ['mobileAppsAndDesktopClients'] } },
  ])
  const results = (change: Partial<Session>) =>
    judge.appliedPolicies(app, sessionOf(change), fromAlps).map(({ id, result }) => id + result)
  const said = ['afailure', 'breportOnlyFailure', 'cnotEnabled']
  assert.deepEqual(results({}), [...said, 'dnotApplied'])
  assert.deepEqual(results(byToken), [...said, 'dfailure'])
})

test('an application that no policy is about is open, and nothing is looked up for it [S8]', () => {
  const { asked, judge } = judgeBy([
    { ...outsideAlps, conditions: { applications: { include: ['app-payroll'], exclude: [] } } },
  ])
  assert.equal(judge.judgeSession(app, sessionOf(), fromElsewhere).allowed, true)
  assert.deepEqual(asked, [])
})
