import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Session } from '../session.ts'
import { endOf, judgeLifetime, type SessionRules, type Use } from './lifetime.ts'

const minute = 60_000
const hour = 60 * minute
const start = 1_000 * hour

const session: Session = {
  id: 's',
  personId: 'p',
  userPrincipalName: 'p@test',
  displayName: 'P',
  applicationId: 'app',
  providerId: 'idp',
  providerSessionId: 'sid',
  createdAt: start,
  expiresAt: start + 12 * hour,
  authenticatedAt: start,
  amr: [],
  acr: undefined,
  claims: {},
  verifiedAt: start,
  refreshable: true,
  seenAt: start,
}
const use: Use = { seenAt: start, notedAt: start, spread: 0.5, outage: false }
const rules: SessionRules = { accessMs: () => hour, idleMs: undefined }
const idle: SessionRules = { ...rules, idleMs: 20 * minute }

const cases = [
  ['fresh', {}, {}, rules, 1, 'good'],
  ['in the last fifth of its hour', {}, { spread: 0 }, rules, 48 * minute, 'due'],
  ['in the last fifth, drawn to be renewed late', {}, { spread: 1 }, rules, 56 * minute, 'good'],
  ['a moment before its hour', {}, { spread: 1 }, rules, hour - 1, 'due'],
  ['after its hour', {}, {}, rules, hour, 'stale'],
  ['after its hour while the provider is down', {}, { outage: true }, rules, hour, 'due'],
  ['after two hours of outage', {}, { outage: true }, rules, 2 * hour, 'stale'],
  ['after its hour, with no refresh token', { refreshable: false }, {}, rules, hour, 'over'],
  ['in its hour, with no refresh token', { refreshable: false }, {}, rules, hour - 1, 'good'],
  ['at its end', {}, {}, rules, 12 * hour, 'over'],
  ['at its end, renewed just now', { verifiedAt: start + 12 * hour }, {}, rules, 12 * hour, 'over'],
  ['unused for as long as may be', {}, {}, idle, 20 * minute, 'idle'],
  ['used just in time', {}, { seenAt: start + minute }, idle, 20 * minute, 'good'],
  ['vouched for in a time to come, beyond what clocks differ', {}, {}, rules, -2 * minute, 'due'],
  ['vouched for in a time to come, as clocks differ', {}, {}, rules, -minute / 2, 'good'],
] as const
for (const [what, changes, used, how, afterMs, kind] of cases) {
  test(`a session ${what} is ${kind} [S6]`, () => {
    const standing = judgeLifetime(
      { ...session, ...changes },
      { ...use, ...used },
      how,
      start + afterMs,
    )
    assert.equal(standing.kind, kind)
  })
}

test('a day’s lifetime gives an hour of outage and no more [N3]', () => {
  const long: SessionRules = { ...rules, accessMs: () => 6 * hour }
  const down = { ...use, outage: true }
  assert.equal(judgeLifetime(session, down, long, start + 7 * hour - 1).kind, 'due')
  assert.equal(judgeLifetime(session, down, long, start + 7 * hour).kind, 'stale')
})

test('what is good stays good until the moment that was said, and not beyond any of its ends [S6]', () => {
  const ms = (max: number) => fc.integer({ min: 0, max })
  fc.assert(
    fc.property(
      ms(12 * hour),
      ms(hour),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.boolean(),
      (ageMs, seenMs, spread, limited) => {
        const now = start + ageMs
        const used = { ...use, spread, seenAt: now - seenMs, notedAt: now }
        const how = limited ? idle : rules
        const standing = judgeLifetime(session, used, how, now)
        if (standing.kind !== 'good') return
        assert.ok(standing.until > now)
        assert.ok(standing.until <= endOf(session, used, how))
        assert.ok(standing.until <= session.verifiedAt + hour)
        assert.equal(judgeLifetime(session, used, how, standing.until - 0.001).kind, 'good')
      },
    ),
  )
})

test('the end that pages are told is the nearest of those that nobody can put off [S5]', () => {
  assert.equal(endOf(session, use, rules), session.expiresAt)
  assert.equal(endOf({ ...session, refreshable: false }, use, rules), start + hour)
  assert.equal(endOf(session, { seenAt: start + minute }, idle), start + 21 * minute)
})
