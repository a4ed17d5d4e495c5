import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { failed } from '../base/check.ts'
import {
  defaultTokenLifetimeSeconds,
  parseTimeSpan,
  parseTokenLifetime,
  tokenLifetimeSeconds,
} from './token-lifetime.ts'

const spans = [
  ['8:00:00', 28_800],
  ['00:90:00', 5_400],
  ['0.08:30:00', 30_600],
  ['1.00:00:00', 86_400],
  ['23:59:59', 86_399],
  ['', undefined],
  ['90', undefined],
  ['1:00', undefined],
  ['-1:00:00', undefined],
  ['1:00:00.5', undefined],
  [' 1:00:00', undefined],
  ['1e3:00:00', undefined],
  ['99999:00:00', undefined],
] as const
for (const [text, seconds] of spans) {
  test(`the time span '${text}' is ${seconds ?? 'none'} [S6]`, () => {
    assert.equal(parseTimeSpan(text), seconds)
  })
}

test('every time span is read as the sum of its parts [S6]', () => {
  const part = (max: number) => fc.integer({ min: 0, max })
  fc.assert(
    fc.property(part(999), part(99), part(99), part(99), (d, h, m, s) => {
      assert.equal(parseTimeSpan(`${d}.${h}:${m}:${s}`), ((d * 24 + h) * 60 + m) * 60 + s)
    }),
  )
})

function definitionOf(policy: object): readonly string[] {
  return [JSON.stringify({ TokenLifetimePolicy: policy })]
}

const good = { Version: 1, AccessTokenLifetime: '8:00:00' }
const definitions = [
  ["the original's own example", definitionOf(good), 28_800],
  ['the least', definitionOf({ ...good, AccessTokenLifetime: '00:10:00' }), 600],
  ['the most', definitionOf({ ...good, AccessTokenLifetime: '1.00:00:00' }), 86_400],
  ['retired names beside it', definitionOf({ ...good, MaxInactiveTime: '20:00:00' }), 28_800],
  ['too short', definitionOf({ ...good, AccessTokenLifetime: '00:09:59' }), 'range'],
  ['too long', definitionOf({ ...good, AccessTokenLifetime: '1.00:00:01' }), 'range'],
  ['no text', [], 'one-definition'],
  ['two texts', [...definitionOf(good), ...definitionOf(good)], 'one-definition'],
  ['no JSON', ['8:00:00'], 'definition'],
  ['null', ['null'], 'definition'],
  ['another kind of policy', ['{"HomeRealmDiscoveryPolicy":{}}'], 'definition'],
  ['a number', definitionOf({ ...good, AccessTokenLifetime: 8 }), 'time-span'],
  ['no lifetime', definitionOf({ Version: 1 }), 'required'],
  [
    'another version, and an unknown name',
    definitionOf({ ...good, Version: 2, X: 1 }),
    'unknown-property version',
  ],
] as const
for (const [what, definition, expected] of definitions) {
  test(`a definition with ${what} gives ${expected} [S6] [G4]`, () => {
    const parsed = parseTokenLifetime(definition)
    const got = failed(parsed) ? parsed.issues.map(({ code }) => code).join(' ') : parsed.value
    assert.equal(got, expected)
  })
}

test("the organisation's policy wins over the application's, and that over the default [S6]", () => {
  const byApplication = new Map([['a', 600]])
  assert.equal(tokenLifetimeSeconds({ organization: 900, byApplication }, 'a'), 900)
  assert.equal(tokenLifetimeSeconds({ organization: undefined, byApplication }, 'a'), 600)
  const none = { organization: undefined, byApplication }
  assert.equal(tokenLifetimeSeconds(none, 'b'), defaultTokenLifetimeSeconds)
})
