import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Arrival, arrivalSteps } from './arrival.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const unused = {
  id: 'ab',
  expiresDateTime: '2026-11-22T13:00:00Z',
  usedDateTime: null,
  connectorId: null,
}
const used = { ...unused, usedDateTime: '2026-11-22T11:59:00Z', connectorId: 'c' }
const connector = {
  ...{ id: 'c', machineName: 'rack-1', externalIp: '192.0.2.1', version: '1' },
  ...{ isDrained: false, connectorGroupId: 'g', createdDateTime: '2026-11-22T11:59:00Z' },
  ...{ status: 'inactive' as const, lastSeenDateTime: null },
}
const active = { ...connector, status: 'active' as const }
const reached = { origin: 'http://a', isReached: true, reason: null, connectTimeInMilliseconds: 1 }
const missed = { ...reached, isReached: false, reason: 'backend-refused' }

const cases: readonly (readonly [string, Omit<Arrival, 'now' | 'hasPaths'>, string])[] = [
  [
    'nothing yet',
    { token: unused, connector: undefined, health: undefined },
    'waiting later later later',
  ],
  [
    'an expired token',
    {
      token: { ...unused, expiresDateTime: '2026-11-22T11:00:00Z' },
      connector: undefined,
      health: undefined,
    },
    'failed later later later',
  ],
  ['an enrolled one', { token: used, connector, health: undefined }, 'done done waiting later'],
  [
    'a connected one',
    { token: used, connector: active, health: undefined },
    'done done done waiting',
  ],
  [
    'one that has said nothing yet',
    { token: used, connector: active, health: [] },
    'done done done waiting',
  ],
  [
    'one that reaches nothing',
    { token: used, connector: active, health: [reached, missed] },
    'done done done failed',
  ],
  [
    'one that is all there',
    { token: used, connector: active, health: [reached] },
    'done done done done',
  ],
]
for (const [what, arrival, states] of cases) {
  test(`arrivalSteps() shows how far ${what} is [K1] [K4]`, () => {
    const steps = arrivalSteps({ ...arrival, now, hasPaths: true })
    assert.equal(steps.map(({ state }) => state).join(' '), states)
    const open = steps.filter(({ state }) => state === 'waiting' || state === 'failed')
    assert.ok(open.every(({ detail }) => detail !== ''))
  })
}

test('arrivalSteps() is done where there is nothing to reach [K1]', () => {
  const steps = arrivalSteps({
    ...{ token: used, connector: active, health: [], hasPaths: false, now },
  })
  assert.ok(steps.every(({ state }) => state === 'done'))
})
