import assert from 'node:assert/strict'
import { test } from 'node:test'
import { samplePolicy, sources } from '../policy/sample.ts'
import { sampleApplication } from '../publishing/sample.ts'
import { explain } from './explain.ts'
import type { ImaginedRequest } from './request.ts'
import { ann, assets, complex, home, sampleParts, sampleRequest } from './sample.ts'

const preflight = {
  method: 'OPTIONS',
  headers: ['Access-Control-Request-Method', 'PUT'],
} as const
const bob = { kind: 'person', id: 'bob', userPrincipalName: 'bob@contoso.net' } as const
const someone = { ...bob, multiFactor: true, authenticatedAt: 0 } as const

/** Status and code, or what else becomes of the request. */
function endingOf(change: Partial<ImaginedRequest>, parts = sampleParts()): string {
  const { ending } = explain(parts, sampleRequest(change))
  if (ending.kind === 'forwarded') return `to ${ending.internalUrl}`
  return ending.kind === 'answered' ? `${ending.status} ${ending.code ?? ''}`.trim() : ending.kind
}

const cases: readonly (readonly [string, Partial<ImaginedRequest>, string])[] = [
  ['an allowed call', {}, 'to https://assets.test.com/x'],
  ['a query and escapes', { url: `${assets}/a%20b?c=d` }, 'to https://assets.test.com/a%20b?c=d'],
  ['an allowed preflight', preflight, '204'],
  [
    'the preflight of a stranger',
    { ...preflight, origin: 'https://a.example' },
    '403 cors-origin-not-allowed',
  ],
  [
    'a preflight where there is no rule',
    { ...preflight, url: `${home}/`, origin: assets },
    '403 cors-no-rule',
  ],
  ['an unknown host', { url: 'https://a.example/' }, '404 unknown-host'],
  ['a host that is not listed', { url: 'https://other.contoso.net/' }, '404 segment-not-listed'],
  ['a path that hides one', { url: `${assets}/a%2Fb` }, '400 malformed-request'],
  ['a method of no page', { method: 'TRACE' }, '405 malformed-request'],
  ['nobody, by script', { visitor: { kind: 'nobody' } }, '401 signed-out'],
  ['an expired session', { visitor: { kind: 'expired' } }, '401 signed-out'],
  ['nobody, by navigation', { mode: 'navigate', visitor: { kind: 'nobody' } }, 'sign-in'],
  ['a call that omits credentials', { credentials: 'omit' }, '401 signed-out'],
  ['fetch as it is by default', { credentials: 'same-origin' }, '401 signed-out'],
  [
    'its own page by default',
    { credentials: 'same-origin', origin: assets },
    'to https://assets.test.com/x',
  ],
  ['a page of another site', { origin: 'https://a.example' }, '401 signed-out'],
  [
    'a link on another site',
    { origin: 'https://a.example', mode: 'navigate' },
    'to https://assets.test.com/x',
  ],
  ['somebody else', { visitor: someone }, '403 not-assigned'],
  [
    'a WebSocket of the same application',
    { mode: 'webSocket', url: `${home}/`, origin: assets },
    'to https://home.test.com/',
  ],
  [
    'a WebSocket of a stranger on the site',
    { mode: 'webSocket', url: `${home}/`, origin: 'https://b.contoso.net' },
    '403 websocket-origin-not-allowed',
  ],
  ['a page of the sign-in', { url: `${home}/.sallyport/session` }, 'own-page'],
  ['a host of the edge itself', { url: 'https://login.contoso.net/x' }, 'own-page'],
  [
    'a token without a cookie',
    { credentials: 'omit', headers: ['Authorization', 'Bearer t'] },
    'to https://assets.test.com/x',
  ],
  [
    'a token of nobody',
    { visitor: { kind: 'nobody' }, headers: ['Authorization', 'Bearer t'] },
    '401 token-malformed',
  ],
]
for (const [what, change, expected] of cases) {
  test(`explain() tells of ${what} [D1]`, () => {
    assert.equal(endingOf(change), expected)
  })
}

test('explain() tells of maintenance before it asks who is there [D1] [P13]', () => {
  const closed = sampleApplication('closed', {
    externalUrl: 'https://closed.contoso.net/',
    internalUrl: 'http://closed.test/',
    maintenance: true,
  })
  const asked = { url: 'https://closed.contoso.net/', visitor: { kind: 'nobody' } } as const
  assert.equal(endingOf(asked, sampleParts([closed])), '503 maintenance')
})

const policies = [
  ['blocks', { grant: { operator: 'OR', controls: ['block'] } }, '403 blocked-by-policy'],
  ['wants a second factor', {}, '401 signed-out'],
] as const
for (const [what, change, expected] of policies) {
  test(`explain() tells of a policy that ${what}, by its name [D1] [S8]`, () => {
    const policy = samplePolicy({ ...change, displayName: 'Abroad' })
    const parts = sampleParts([complex], { ...sources, policies: [policy] })
    const visitor = { kind: 'person', ...ann, multiFactor: false, authenticatedAt: 1_000 } as const
    assert.equal(endingOf({ visitor }, parts), expected)
    const { steps } = explain(parts, sampleRequest({ visitor }))
    assert.deepEqual(steps.at(-1)?.subject, {
      kind: 'conditionalAccessPolicy',
      id: 'p1',
      displayName: 'Abroad',
    })
  })
}

test('explain() names each step in the order of the edge, with the rule that decided [D1]', () => {
  const { steps } = explain(sampleParts(), sampleRequest())
  assert.deepEqual(
    steps.map(({ step, verdict }) => `${step} ${verdict}`),
    [
      'listen passed',
      'resolve passed',
      'cors passed',
      'maintenance passed',
      'authenticate passed',
      'assign passed',
      'policy skipped',
      'webSocket skipped',
      'forward passed',
    ],
  )
  assert.equal(steps[2]?.subject?.id, 'rule')
})
