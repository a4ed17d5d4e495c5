import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fieldValue, fieldValues, listMembers } from '../http/headers.ts'
import type { CorsDecision, Grant } from './decide.ts'
import { dress, preflightHeaders, refusedPreflightHeaders } from './dress.ts'

const grant: Grant = {
  origin: 'https://home.contoso.net',
  credentials: true,
  methods: ['PUT'],
  headers: ['x-a', 'x-b'],
  maxAgeSeconds: 3000,
  exposedHeaders: [],
  rule: { id: 'r', resource: '/' },
}
const allowed = (change: Partial<Grant> = {}): CorsDecision => ({
  kind: 'actual',
  allowed: true,
  grant: { ...grant, ...change },
})
const refused: CorsDecision = {
  kind: 'actual',
  allowed: false,
  because: { code: 'origin-not-allowed', origin: 'https://x.y', rule: { id: 'r', resource: '/' } },
}

test('an allowed preflight names the very origin and everything asked for [C7]', () => {
  assert.deepEqual(preflightHeaders(grant), [
    'Access-Control-Allow-Origin',
    'https://home.contoso.net',
    'Access-Control-Allow-Methods',
    'PUT',
    'Access-Control-Allow-Headers',
    'x-a, x-b',
    'Access-Control-Max-Age',
    '3000',
    'Access-Control-Allow-Credentials',
    'true',
    'Vary',
    'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
  ])
})

test('without credentials there is no Allow-Credentials, without headers no Allow-Headers [C7]', () => {
  const headers = preflightHeaders({ ...grant, credentials: false, headers: [] })
  assert.equal(fieldValue(headers, 'access-control-allow-credentials'), undefined)
  assert.equal(fieldValue(headers, 'access-control-allow-headers'), undefined)
})

test('a refused preflight has Vary and no permission [C8]', () => {
  assert.deepEqual(refusedPreflightHeaders(), [
    'Vary',
    'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
  ])
})

test("the edge's CORS fields replace the application's, all copies of them [C9]", () => {
  const application = [
    'access-control-allow-origin',
    '*',
    'Content-Type',
    'text/plain',
    'ACCESS-CONTROL-ALLOW-ORIGIN',
    'https://other.example',
    'Access-Control-Expose-Headers',
    'X-Secret',
    'Access-Control-Allow-Private-Network',
    'true',
  ]
  assert.deepEqual(dress(allowed(), application), [
    'Content-Type',
    'text/plain',
    'Access-Control-Allow-Origin',
    'https://home.contoso.net',
    'Access-Control-Allow-Credentials',
    'true',
    'Vary',
    'Origin',
  ])
})

const exposures = [
  [['x-a', 'etag'], ['X-B', '1'], 'x-a, etag'],
  [['*'], ['X-B', '1', 'ETag', '"1"', 'Set-Cookie', 'a=b', 'x-b', '2'], 'x-b, etag'],
  [['x-ms-*', 'x-a'], ['X-Ms-Id', '1', 'X-B', '2'], 'x-a, x-ms-id'],
  [['*'], [], undefined],
] as const
for (const [exposedHeaders, headers, expected] of exposures) {
  test(`exposedHeaders ${exposedHeaders} on ${JSON.stringify(headers)} give ${expected} [C9]`, () => {
    const dressed = dress(allowed({ exposedHeaders }), headers)
    assert.equal(fieldValue(dressed, 'access-control-expose-headers'), expected)
  })
}

const varies = [
  [[], ['Origin']],
  [
    ['Vary', 'Accept-Encoding'],
    ['Accept-Encoding', 'Origin'],
  ],
  [
    ['vary', 'Accept', 'Vary', 'Cookie'],
    ['Accept', 'Cookie', 'Origin'],
  ],
  [
    ['Vary', 'Accept, ORIGIN'],
    ['Accept', 'ORIGIN'],
  ],
  [['Vary', '*'], ['*']],
] as const
for (const [headers, expected] of varies) {
  test(`Vary of ${JSON.stringify(headers)} becomes ${expected} [C9]`, () => {
    for (const decision of [allowed(), refused, { kind: 'none', varyOrigin: true } as const]) {
      assert.deepEqual(listMembers(fieldValues(dress(decision, headers), 'vary')), expected)
    }
  })
}

test("without a say the application's fields pass through as the same array [C10]", () => {
  const headers = ['Access-Control-Allow-Origin', '*', 'Vary', 'Accept']
  assert.equal(dress({ kind: 'none', varyOrigin: false }, headers), headers)
})

test("a refused origin leaves the application's own CORS fields [C10]", () => {
  const headers = ['Access-Control-Allow-Origin', '*']
  assert.deepEqual(dress(refused, headers), [...headers, 'Vary', 'Origin'])
  const varied = [...headers, 'Vary', 'origin']
  assert.equal(dress(refused, varied), varied)
})

test('whatever the application says, a granted answer has one origin and no star with credentials [C7] [C9]', () => {
  const name = fc.constantFrom(
    'Access-Control-Allow-Origin',
    'access-control-allow-origin',
    'Access-Control-Allow-Credentials',
    'Access-Control-Expose-Headers',
    'Vary',
    'X-A',
    'Set-Cookie',
  )
  const value = fc.constantFrom('*', 'true', 'Origin', 'https://x.y', 'a, b', '')
  const headers = fc.array(fc.tuple(name, value), { maxLength: 8 }).map((pairs) => pairs.flat())
  const exposed = fc.subarray(['*', 'x-a', 'x-*'])
  fc.assert(
    fc.property(headers, exposed, fc.boolean(), (application, exposedHeaders, credentials) => {
      const dressed = dress(allowed({ exposedHeaders, credentials }), application)
      const value = (field: string) => fieldValues(dressed, field)
      assert.deepEqual(value('access-control-allow-origin'), [grant.origin])
      assert.deepEqual(value('access-control-allow-credentials'), credentials ? ['true'] : [])
      assert.ok(!value('access-control-expose-headers').join().includes('*'))
      assert.ok(value('vary').some((vary) => /\*|origin/i.test(vary)))
    }),
  )
})
