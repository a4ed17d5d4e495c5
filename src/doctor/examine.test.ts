import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sampleApplication } from '../publishing/sample.ts'
import { examine } from './examine.ts'
import type { FindingId } from './findings.ts'
import type { PageCall } from './page-call.ts'
import { ann, client, home, sampleCall, sampleParts, service } from './sample.ts'

const json = { method: 'PATCH', headers: ['Content-Type', 'application/json'] } as const
const seed = { pageUrl: `${client}/`, targetUrl: `${service}/api/test` } as const
const login = 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize'
const bob = { kind: 'person', id: 'bob', userPrincipalName: 'bob@contoso.net' } as const
const answers = (...headers: string[]) => ({ backend: { status: 200, headers } })
const allow = 'Access-Control-Allow-Origin'

type Expected = readonly [FindingId | 'nothing', corsError: string | undefined, options: string]

/** What, the call, the first finding with the browser's word for it, and the options in the order of effort. */
const cases: readonly (readonly [string, Partial<PageCall>, Expected])[] = [
  ['an allowed call', {}, ['nothing', undefined, '']],
  [
    'a host of the edge itself',
    { targetUrl: 'https://login.contoso.net/x' },
    ['no-allow-origin', 'MissingAllowOriginHeader', ''],
  ],
  [
    'a redirect to a user name on its own origin',
    {
      targetUrl: `${home}/x`,
      backend: { status: 302, headers: ['Location', 'https://a:b@home.contoso.net/y'] },
    },
    ['redirect-with-credentials', undefined, 'change-application'],
  ],
  ['a call on its own origin', { targetUrl: `${home}/x` }, ['same-origin', undefined, '']],
  [
    'a method and a header that the rule lacks',
    json,
    ['method-not-allowed', 'PreflightMissingAllowOriginHeader', 'cors-rule sibling-segments'],
  ],
  [
    'a header that the rule lacks',
    { method: 'PUT', headers: ['X-New', '1'] },
    ['header-not-allowed', 'PreflightMissingAllowOriginHeader', 'cors-rule sibling-segments'],
  ],
  [
    'a page that no rule knows',
    { pageUrl: 'https://hone.contoso.net/', method: 'PUT' },
    ['origin-not-allowed', 'PreflightMissingAllowOriginHeader', 'cors-rule complex-application'],
  ],
  [
    'the seed, with a preflight',
    { ...seed, method: 'PUT' },
    [
      'no-rule',
      'PreflightMissingAllowOriginHeader',
      'cors-rule parent-directory custom-domain complex-application',
    ],
  ],
  [
    'the seed, without a preflight',
    seed,
    [
      'no-allow-origin',
      'MissingAllowOriginHeader',
      'cors-rule response-headers parent-directory custom-domain change-application',
    ],
  ],
  [
    'an application that allows everybody',
    { ...seed, ...answers(allow, '*') },
    [
      'wildcard-with-credentials',
      'WildcardOriginNotAllowed',
      'cors-rule response-headers parent-directory custom-domain change-application',
    ],
  ],
  [
    'two values',
    { ...seed, ...answers(allow, client, allow, '*') },
    [
      'several-allow-origins',
      'MultipleAllowOriginValues',
      'cors-rule response-headers parent-directory custom-domain change-application',
    ],
  ],
  [
    'the internal origin of the page',
    { ...seed, ...answers(allow, 'http://contoso.com') },
    [
      'other-allow-origin',
      'AllowOriginMismatch',
      'cors-rule response-headers parent-directory custom-domain change-application',
    ],
  ],
  [
    'no allowed credentials',
    { ...seed, ...answers(allow, client) },
    [
      'no-allow-credentials',
      'InvalidAllowCredentials',
      'cors-rule response-headers parent-directory custom-domain change-application',
    ],
  ],
  [
    'a redirect to sign in elsewhere',
    { backend: { status: 302, headers: ['Location', login] } },
    ['redirect-to-sign-in', 'MissingAllowOriginHeader', 'change-application'],
  ],
  [
    'a redirect with a user name',
    { backend: { status: 302, headers: ['Location', 'https://a:b@c.example/'] } },
    ['redirect-with-credentials', 'RedirectContainsCredentials', 'change-application'],
  ],
  [
    'fetch as it is by default',
    { credentials: 'same-origin' },
    ['credentials-not-included', undefined, 'change-page'],
  ],
  [
    'fetch without credentials',
    { credentials: 'omit' },
    ['credentials-omitted', undefined, 'change-page'],
  ],
  [
    'a session that ran out',
    { visitor: { kind: 'expired' } },
    ['session-expired', undefined, 'session-lifetime sign-in'],
  ],
  [
    'somebody who is not assigned',
    { visitor: { ...bob, multiFactor: true, authenticatedAt: 0 } },
    ['not-assigned', undefined, 'assign-person'],
  ],
  [
    'the internal address',
    { targetUrl: 'https://assets.test.com/x' },
    ['internal-url-called', undefined, 'translate-links published-url'],
  ],
  [
    'a host that is no segment',
    { targetUrl: 'https://other.contoso.net/x', method: 'PUT' },
    ['segment-not-listed', undefined, 'add-segment'],
  ],
  [
    'a name of the inner network',
    { targetUrl: 'https://intranet/x' },
    ['local-network', 'LocalNetworkAccessPermissionDenied', 'add-segment allow-local-network'],
  ],
  [
    'an address without TLS',
    { targetUrl: 'http://assets.contoso.net/x' },
    ['mixed-content', undefined, 'change-page'],
  ],
  ['a file', { targetUrl: 'file:///x' }, ['unsupported-scheme', 'CorsDisabledScheme', '']],
  ['a method of no page', { method: 'trace' }, ['forbidden-method', undefined, '']],
  [
    'a WebSocket of a stranger',
    { mode: 'webSocket', pageUrl: 'https://b.contoso.net/' },
    ['web-socket-origin', undefined, 'cors-rule'],
  ],
  ['an opaque answer', { mode: 'no-cors' }, ['opaque-answer', undefined, 'change-page']],
]
for (const [what, change, [id, corsError, options]] of cases) {
  test(`examine() finds ${what} and what cures it, the least effort first [D2]`, () => {
    const { findings } = examine(sampleParts(), sampleCall(change))
    const [first] = findings
    assert.equal(first?.id ?? 'nothing', id)
    assert.equal(first?.corsError, corsError)
    assert.equal(first?.options.map((option) => option.id).join(' ') ?? '', options)
  })
}

test('examine() shows the expected and the actual headers of the answer that failed [D2]', () => {
  const { findings } = examine(sampleParts(), sampleCall({ ...seed, ...answers(allow, '*') }))
  assert.deepEqual(findings[0]?.expected, [
    ...['Access-Control-Allow-Origin', client],
    ...['Access-Control-Allow-Credentials', 'true'],
  ])
  assert.deepEqual(findings[0]?.actual, [':status', '200', 'Access-Control-Allow-Origin', '*'])
})

test('examine() offers exactly the origin, the method and the headers of the call [D2] [D3]', () => {
  const { findings } = examine(sampleParts(), sampleCall({ ...seed, ...json }))
  assert.deepEqual(findings[0]?.options[0]?.change, {
    kind: 'add-rule',
    applicationId: 'webservice',
    segmentId: undefined,
    rule: {
      resource: '/',
      allowedOrigins: [client],
      allowedMethods: ['PATCH'],
      allowedHeaders: ['content-type'],
      allowCredentials: true,
      maxAgeInSeconds: 600,
    },
  })
})

test('examine() gives no page a star that another one has: its rule stands beside that one [D2] [C4]', () => {
  const allowedOrigins = ['https://first.contoso.com']
  const starred = sampleApplication('starred', {
    externalUrl: 'https://starred.contoso.com/',
    internalUrl: 'http://starred.test/',
    corsRules: [{ resource: '/api', allowedOrigins, allowedMethods: ['*'], allowedHeaders: ['*'] }],
  })
  const targetUrl = 'https://starred.contoso.com/api/x'
  const call = sampleCall({ pageUrl: 'https://second.contoso.com/', targetUrl, method: 'PUT' })
  const { findings } = examine(sampleParts([starred]), call)
  const change = findings[0]?.options[0]?.change
  assert.deepEqual(change?.kind === 'add-rule' && change.rule, {
    resource: '/api',
    allowedOrigins: ['https://second.contoso.com'],
    allowedMethods: ['PUT'],
    allowedHeaders: [],
    allowCredentials: true,
    maxAgeInSeconds: 600,
  })
})

test('examine() sees all that is wrong at once: the rule, and who is not assigned [D2]', () => {
  const visitor = { ...bob, multiFactor: true, authenticatedAt: 0 } as const
  const { findings } = examine(sampleParts(), sampleCall({ ...json, visitor }))
  assert.deepEqual(
    findings.map(({ id }) => id),
    ['method-not-allowed', 'not-assigned'],
  )
})

test('examine() says "depends" as long as nobody says what the application answers [D2]', () => {
  const call = sampleCall(seed)
  assert.equal(examine(sampleParts(), call).verdict, 'depends')
  const silent = { status: 200, headers: [] }
  assert.equal(examine(sampleParts(), { ...call, backend: silent }).verdict, 'blocked')
  const allowing = answers(allow, client, 'Access-Control-Allow-Credentials', 'true')
  assert.equal(examine(sampleParts(), { ...call, ...allowing }).verdict, 'allowed')
})

test('examine() names an origin that nearly is the right one, and a method in small letters [D2]', () => {
  const near = examine(
    sampleParts(),
    sampleCall({ pageUrl: 'http://home.contoso.net/', method: 'PUT' }),
  )
  assert.ok(near.findings.some(({ id }) => id === 'near-origin'))
  const small = examine(sampleParts(), sampleCall({ method: 'patch' }))
  assert.ok(small.findings.some(({ id }) => id === 'method-case'))
})

test('examine() tells the steps of the preflight, then those of the request [D1] [D2]', () => {
  const visitor = { kind: 'person', ...ann, multiFactor: true, authenticatedAt: 0 } as const
  const { trail } = examine(sampleParts(), sampleCall({ method: 'PUT', visitor }))
  assert.deepEqual(
    trail.map(({ step }) => step).join(' '),
    'listen resolve cors listen resolve cors maintenance authenticate assign policy webSocket forward',
  )
})
