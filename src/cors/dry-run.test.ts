import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type CorsRequest, compileCors, decideCors, decideTrial } from './decide.ts'
import type { CorsRuleInput } from './rule.ts'
import { actual, home, preflight, put, rule, scope } from './sample.ts'

const other = 'https://other.contoso.net'

const cases = [
  ['a preflight it allows', [{ ...put, mode: 'dryRun' }], preflight, undefined],
  [
    'another origin',
    [{ ...put, mode: 'dryRun' }],
    { ...preflight, origin: other },
    'origin-not-allowed',
  ],
  [
    'another method',
    [{ ...put, mode: 'dryRun' }],
    { ...preflight, requestMethod: 'DELETE' },
    'method-not-allowed',
  ],
  [
    'a header',
    [{ ...put, mode: 'dryRun' }],
    { ...preflight, requestHeaders: 'x-a' },
    'header-not-allowed',
  ],
  [
    'an actual call of another origin',
    [{ ...put, mode: 'dryRun' }],
    { ...actual, origin: other },
    'origin-not-allowed',
  ],
  [
    'a request without Origin',
    [{ ...put, mode: 'dryRun' }],
    { ...actual, origin: undefined },
    undefined,
  ],
  [
    'a path of another rule',
    [{ ...put, mode: 'dryRun', resource: '/v2' }, put],
    { ...preflight, origin: other },
    'origin-not-allowed',
  ],
  [
    'a path of its own below a wider rule',
    [{ mode: 'dryRun', resource: '/v2' }, put],
    { ...preflight, path: '/v2/x' },
    'origin-not-allowed',
  ],
  ['anything, in force', [put], { ...preflight, origin: other }, undefined],
] as const satisfies readonly (readonly [
  string,
  readonly CorsRuleInput[],
  CorsRequest,
  string | undefined,
])[]

for (const [what, rules, request, expected] of cases) {
  test(`a rule in dry run asked about ${what}: ${expected ?? 'nothing to count'} [C13]`, () => {
    assert.equal(decideTrial(compileCors(rules.map(rule), scope), request)?.code, expected)
  })
}

test('a rule in dry run changes no decision, whatever it says and is asked [C13] [C10]', () => {
  const names = fc.subarray(['*', 'PUT', 'DELETE'])
  const rules = fc.record({
    resource: fc.constantFrom('/', '/a', '/a/b'),
    allowedOrigins: fc.subarray(['*', home, other, 'null']),
    allowedMethods: names,
    allowCredentials: fc.boolean(),
  })
  const requests = fc.record({
    method: fc.constantFrom('OPTIONS', 'GET', 'PUT'),
    path: fc.constantFrom('/', '/a', '/a/b/c'),
    origin: fc.constantFrom(undefined, home, other, 'null'),
    requestMethod: fc.constantFrom(undefined, 'PUT', 'DELETE'),
    requestHeaders: fc.constantFrom(undefined, 'x-a'),
  })
  const property = fc.property(
    fc.array(rules, { maxLength: 2 }),
    fc.array(rules, { minLength: 1, maxLength: 3 }),
    requests,
    (enforced, dry, request) => {
      const inForce = enforced.map(rule)
      const all = [...inForce, ...dry.map((each) => rule({ ...each, mode: 'dryRun' }))]
      assert.deepEqual(
        decideCors(compileCors(all, scope), request),
        decideCors(compileCors(inForce, scope), request),
      )
    },
  )
  fc.assert(property)
})
