import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../base/clock.ts'
import { AccessJudge } from '../edge/access-judge.ts'
import type { AccessPolicy } from '../policy/access-policy.ts'
import { compileConditionalAccess } from '../policy/compile.ts'
import { builtIns } from '../publishing/built-in.ts'
import { judgeAdministrator } from './administration.ts'

const personId = 'a11ce000-0000-4000-8000-000000000001'
const client = { peer: '192.0.2.7', headers: [] }
const nobody = { people: [], groups: [], roles: [] }

function gateOf(
  applications: AccessPolicy['conditions']['applications'],
  clients: AccessPolicy['conditions']['clients'] = 'all',
): AccessJudge {
  const policy: AccessPolicy = {
    ...{ id: 'p', displayName: 'Two factors', state: 'enabled', templateId: undefined },
    ...{ createdAt: 0, modifiedAt: undefined },
    conditions: {
      people: { include: { ...nobody, people: 'all' }, exclude: nobody },
      ...{ applications, clients, locations: undefined, platforms: undefined },
    },
    grant: { operator: 'OR', controls: ['mfa'] },
    session: { maxAge: undefined, persistentBrowser: undefined },
  }
  const none = new Map()
  const sources = { policies: [policy], locations: [], groupMembers: none, roleHolders: none }
  const compiled = compileConditionalAccess(sources, builtIns)
  const current = () => compiled
  return new AccessJudge({
    ...{ clock: systemClock, trustedProxies: undefined, countryOf: () => undefined, current },
  })
}

const cases = [
  ['administration', ['adminPortals'], [], ['pwd'], 'mfa-required'],
  ['administration', ['adminPortals'], [], ['pwd', 'otp', 'mfa'], undefined],
  [
    'the portal by its app id',
    ['c44b4083-3bb0-49c1-b47d-974e53cbdf3c'],
    [],
    ['pwd'],
    'mfa-required',
  ],
  ['everything', 'all', [], ['pwd'], 'mfa-required'],
  ['everything but administration', 'all', ['adminPortals'], ['pwd'], undefined],
  ['My Apps', ['2793995e-0a7d-40d7-bd35-6968ba142197'], [], ['pwd'], undefined],
] as const
for (const [what, include, exclude, amr, expected] of cases) {
  test(`a policy about ${what} ${expected ? 'asks for more than' : 'lets in a token by'} ${amr.join(' ')} [S8]`, () => {
    const gate = gateOf({ include, exclude })
    const signedInAt = Math.floor(systemClock() / 1000)
    const verdict = judgeAdministrator(gate, { personId, amr, signedInAt }, client)
    assert.equal(verdict.allowed ? undefined : verdict.because.code, expected)
  })
}

test('a token for the management API comes from a program, not from a browser [S8]', () => {
  const who = { personId, amr: ['pwd'], signedInAt: Math.floor(systemClock() / 1000) }
  const include = ['adminPortals']
  const about = { include, exclude: [] }
  assert.ok(judgeAdministrator(gateOf(about, ['browser']), who, client).allowed)
  const programs = gateOf(about, ['mobileAppsAndDesktopClients'])
  assert.ok(!judgeAdministrator(programs, who, client).allowed)
})
