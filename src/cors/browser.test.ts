import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { failed } from '../base/check.ts'
import type { RawHeaders } from '../http/headers.ts'
import {
  type BrowserAnswer,
  type BrowserCall,
  judgeCall,
  preflightOf,
  redirectedCall,
} from './browser.ts'
import { type CorsRequest, compileCors, decideCors } from './decide.ts'
import { dress, preflightHeaders, refusedPreflightHeaders } from './dress.ts'
import { type CorsRuleInput, parseCorsRule } from './rule.ts'

const page = 'https://home.contoso.net'
const call: BrowserCall = {
  pageOrigin: page,
  url: 'https://assets.contoso.net/x',
  method: 'GET',
  headers: [],
  credentials: 'include',
}

const preflights = [
  ['a plain GET', {}, undefined],
  ['a plain POST', { method: 'post' }, undefined],
  ['a call to its own origin', { url: `${page}/x`, method: 'PUT' }, undefined],
  ['PUT', { method: 'put' }, ['PUT', undefined]],
  ['patch as written', { method: 'patch' }, ['patch', undefined]],
  [
    'own headers, sorted and in lower case',
    { headers: ['X-B', '1', 'x-a', '2', 'X-b', '3'] },
    ['GET', 'x-a,x-b'],
  ],
  [
    'JSON',
    { method: 'POST', headers: ['Content-Type', 'application/json'] },
    ['POST', 'content-type'],
  ],
  ['a form', { method: 'POST', headers: ['Content-Type', 'text/plain;charset=UTF-8'] }, undefined],
  ['a harmless Accept', { headers: ['Accept', 'text/html, */*;q=0.1'] }, undefined],
  ['a strange Accept', { headers: ['Accept', 'text/html(x)'] }, ['GET', 'accept']],
  ['a long Accept', { headers: ['Accept', 'a'.repeat(129)] }, ['GET', 'accept']],
  ['a language', { headers: ['Accept-Language', 'de-CH, de;q=0.9'] }, undefined],
  ['a simple range', { headers: ['Range', 'bytes=0-499'] }, undefined],
  ['a range from the end', { headers: ['Range', 'bytes=-500'] }, ['GET', 'range']],
  [
    'a forbidden header, left out',
    { headers: ['Sec-X', '1', 'Cookie', 'a=b', 'Host', 'x'] },
    undefined,
  ],
  [
    'much of what is harmless',
    { headers: Array.from({ length: 9 }, () => ['Accept', 'a'.repeat(120)]).flat() },
    ['GET', 'accept'],
  ],
] as const
for (const [what, change, expected] of preflights) {
  test(`the preflight for ${what} [C2] [C15]`, () => {
    const preflight = preflightOf({ ...call, ...change })
    const [requestMethod, requestHeaders] = expected ?? []
    const whole = expected && { origin: page, requestMethod, requestHeaders }
    assert.deepEqual(preflight, whole)
  })
}

const acao = 'Access-Control-Allow-Origin'
const acac = ['Access-Control-Allow-Credentials', 'true']
const granted = [acao, page, ...acac]
const ok = { status: 200, headers: granted }

const answers = [
  ['the very origin with credentials', {}, granted, 'ok'],
  ['no header', {}, [], 'MissingAllowOriginHeader '],
  ['a star with credentials', {}, [acao, '*', ...acac], 'WildcardOriginNotAllowed '],
  ['a star without', { credentials: 'same-origin' }, [acao, '*'], 'ok'],
  ['two values', {}, [acao, page, acao, page], `MultipleAllowOriginValues ${page}, ${page}`],
  ['two values in one', {}, [acao, `${page} ${page}`], `MultipleAllowOriginValues ${page} ${page}`],
  ['a trailing slash', {}, [acao, `${page}/`], `AllowOriginMismatch ${page}/`],
  ['null', {}, [acao, 'null'], 'AllowOriginMismatch null'],
  ['rubbish', {}, [acao, 'home.contoso.net'], 'InvalidAllowOriginValue home.contoso.net'],
  ['an empty value', {}, [acao, ''], 'InvalidAllowOriginValue '],
  ['no credentials header', {}, [acao, page], 'InvalidAllowCredentials '],
  [
    'True',
    {},
    [acao, page, 'Access-Control-Allow-Credentials', 'True'],
    'InvalidAllowCredentials True',
  ],
  ['no credentials header and none wanted', { credentials: 'omit' }, [acao, page], 'ok'],
  ['nothing, on the own origin', { url: `${page}/x` }, [], 'ok'],
  ['null for a page without origin', { pageOrigin: 'null' }, [acao, 'null', ...acac], 'ok'],
  ['nothing at all, for another scheme', { url: 'ftp://x/' }, granted, 'CorsDisabledScheme '],
] as const
for (const [what, change, headers, expected] of answers) {
  test(`a browser that gets ${what}: ${expected} [C15]`, () => {
    const verdict = judgeCall(
      { ...call, ...change },
      { preflight: undefined, actual: { status: 200, headers } },
    )
    assert.equal(verdict.ok ? 'ok' : `${verdict.corsError} ${verdict.failedParameter}`, expected)
  })
}

const acam = 'Access-Control-Allow-Methods'
const acah = 'Access-Control-Allow-Headers'
const lists = [...granted, acam, 'PUT', acah, 'x-a']
const preflightAnswers = [
  ['everything', 204, lists, 'ok'],
  ['200', 200, lists, 'ok'],
  ['a refusal', 403, [], 'PreflightMissingAllowOriginHeader '],
  ['403 with permission', 403, lists, 'PreflightInvalidStatus '],
  ['a redirect', 302, [...lists, 'Location', '/login'], 'PreflightDisallowedRedirect '],
  ['a star', 204, [acao, '*', ...acac], 'PreflightWildcardOriginNotAllowed '],
  ['another origin', 204, [acao, 'https://x.y'], 'PreflightAllowOriginMismatch https://x.y'],
  ['rubbish', 204, [acao, 'x.y'], 'PreflightInvalidAllowOriginValue x.y'],
  ['two origins', 204, [acao, 'a b'], 'PreflightMultipleAllowOriginValues a b'],
  ['no credentials', 204, [acao, page], 'PreflightInvalidAllowCredentials '],
  ['rubbish for methods', 204, [...granted, acam, 'P UT'], 'InvalidAllowMethodsPreflightResponse '],
  [
    'rubbish for headers',
    204,
    [...granted, acam, 'PUT', acah, 'x a'],
    'InvalidAllowHeadersPreflightResponse ',
  ],
  ['another method', 204, [...granted, acam, 'DELETE'], 'MethodDisallowedByPreflightResponse PUT'],
  [
    'a lower-case method',
    204,
    [...granted, acam, 'put', acah, 'x-a'],
    'MethodDisallowedByPreflightResponse PUT',
  ],
  [
    'a star for the method',
    204,
    [...granted, acam, '*'],
    'MethodDisallowedByPreflightResponse PUT',
  ],
  ['no headers', 204, [...granted, acam, 'PUT'], 'HeaderDisallowedByPreflightResponse x-a'],
  [
    'a star for the headers',
    204,
    [...granted, acam, 'PUT', acah, '*'],
    'HeaderDisallowedByPreflightResponse x-a',
  ],
  ['an upper-case header', 204, [...granted, acam, 'PUT', acah, 'X-A'], 'ok'],
] as const
for (const [what, status, headers, expected] of preflightAnswers) {
  test(`a browser whose preflight is answered with ${what}: ${expected} [C15]`, () => {
    const asked = { ...call, method: 'PUT', headers: ['X-A', '1'] }
    const verdict = judgeCall(asked, { preflight: { status, headers }, actual: ok })
    assert.equal(verdict.ok ? 'ok' : `${verdict.corsError} ${verdict.failedParameter}`, expected)
  })
}

test('without credentials stars work, also for Authorization as yet [C15]', () => {
  const preflight = { status: 204, headers: [acao, '*', acam, '*', acah, '*'] }
  for (const name of ['X-A', 'Authorization']) {
    const asked = { ...call, method: 'PUT', headers: [name, '1'], credentials: 'omit' as const }
    assert.ok(judgeCall(asked, { preflight, actual: { status: 200, headers: [acao, '*'] } }).ok)
  }
})

const redirects = [
  ['/next', 'https://assets.contoso.net/next'],
  ['https://me@assets.contoso.net/', 'RedirectContainsCredentials'],
  ['ftp://assets.contoso.net/', 'CorsDisabledScheme'],
] as const
for (const [location, expected] of redirects) {
  test(`a redirect to ${location} leads to ${expected} [C15]`, () => {
    const actual = { status: 302, headers: [...granted, 'Location', location] }
    const verdict = judgeCall(call, { preflight: undefined, actual })
    assert.equal(verdict.ok ? verdict.redirectsTo : verdict.corsError, expected)
  })
}

test('a page reads the safelisted and the exposed headers [C9] [C15]', () => {
  const headers = [
    ...granted,
    'Content-Type',
    'a/b',
    'X-A',
    '1',
    'X-B',
    '2',
    'Set-Cookie',
    'a=b',
    'Access-Control-Expose-Headers',
    'x-a',
  ]
  const verdict = judgeCall(call, { preflight: undefined, actual: { status: 200, headers } })
  assert.ok(verdict.ok)
  assert.deepEqual(verdict.readableHeaders, ['content-type', 'x-a'])
})

/** What an edge with these rules would answer. */
function serve(rules: readonly CorsRuleInput[], request: Partial<CorsRequest>): BrowserAnswer {
  const compiled = rules.map((input) => {
    const parsed = parseCorsRule(input, '', () => 'new')
    assert.ok(!failed(parsed))
    return parsed.value
  })
  const policy = compileCors(compiled, {
    ownOrigins: ['https://assets.contoso.net'],
    resourceBase: '/',
    siblingOrigins: [],
    answersPreflights: true,
  })
  const decision = decideCors(policy, {
    method: 'OPTIONS',
    path: '/x',
    origin: page,
    requestMethod: undefined,
    requestHeaders: undefined,
    ...request,
  })
  if (decision.kind !== 'preflight') return { status: 200, headers: dress(decision, []) }
  return decision.allowed
    ? { status: 204, headers: preflightHeaders(decision.grant) }
    : { status: 403, headers: refusedPreflightHeaders() }
}

const steps = [
  ['PUT', 302, 'https://assets.contoso.net/next', `PUT ${page} authorization content-type`],
  ['POST', 302, 'https://assets.contoso.net/next', `GET ${page} authorization`],
  ['POST', 303, 'https://assets.contoso.net/next', `GET ${page} authorization`],
  ['PUT', 303, 'https://assets.contoso.net/next', `GET ${page} authorization`],
  ['GET', 303, 'https://assets.contoso.net/next', `GET ${page} authorization content-type`],
  ['head', 303, 'https://assets.contoso.net/next', `head ${page} authorization content-type`],
  ['POST', 307, 'https://assets.contoso.net/next', `POST ${page} authorization content-type`],
  ['POST', 308, 'https://other.contoso.net/', 'POST null content-type'],
  ['POST', 301, page, 'GET null '],
] as const
for (const [method, status, target, expected] of steps) {
  test(`${status} leads ${method} on to ${target} as ${expected} [C15]`, () => {
    const headers = ['Authorization', 'Basic Og==', 'Content-Type', 'text/plain']
    const next = redirectedCall({ ...call, method, headers }, status, target)
    const names = next.headers.filter((_, index) => index % 2 === 0).join(' ')
    assert.equal(`${next.method} ${next.pageOrigin} ${names.toLowerCase()}`, expected)
    assert.equal(next.url, target)
  })
}

test('a redirect from the own origin does not make the page null [C15]', () => {
  const next = redirectedCall({ ...call, url: `${page}/x` }, 302, 'https://assets.contoso.net/')
  assert.equal(next.pageOrigin, page)
})

test('a browser succeeds exactly when the rule allows the call [C7] [C9] [C15]', () => {
  const rule = fc.record({
    resource: fc.constantFrom('/', '/x', '/other'),
    allowedOrigins: fc.subarray([page, '*', 'https://*.contoso.net', 'https://x.y']),
    allowedMethods: fc.subarray(['PUT', 'patch', '*']),
    allowedHeaders: fc.subarray(['x-a', 'x-*', 'content-type', '*']),
    allowCredentials: fc.boolean(),
  })
  const described = fc.record({
    method: fc.constantFrom('GET', 'put', 'patch', 'DELETE'),
    headers: fc
      .subarray(['X-A', 'Content-Type', 'Accept'])
      .map(
        (names): RawHeaders =>
          names.flatMap((name) => [name, name === 'Accept' ? '*/*' : 'application/json']),
      ),
    credentials: fc.constantFrom('omit' as const, 'include' as const),
  })
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 2 }), described, (rules, change) => {
      const asked: BrowserCall = { ...call, ...change }
      const wish = preflightOf(asked)
      const preflight = wish && serve(rules, wish)
      const actual = serve(rules, { method: asked.method.toUpperCase() })
      const verdict = judgeCall(asked, { preflight, actual })
      const credentialed = actual.headers.includes('Access-Control-Allow-Credentials')
      const allowed =
        (preflight === undefined || preflight.status === 204) &&
        actual.headers.includes(acao) &&
        (change.credentials === 'omit' || credentialed)
      // Rules of one resource may differ on credentials; then the browser is right to mind the preflight's answer.
      const preflightCredentialed =
        preflight === undefined || preflight.headers.includes('Access-Control-Allow-Credentials')
      if (change.credentials === 'include' && !preflightCredentialed) assert.ok(!verdict.ok)
      else assert.equal(verdict.ok, allowed)
    }),
    { numRuns: 2_000 },
  )
})
