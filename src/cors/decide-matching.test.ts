import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type CorsRequest,
  compileCors,
  decideCors,
  explainCorsRefusal,
  maxNamedHeaders,
  requestHeadersMaxLength,
} from './decide.ts'
import type { CorsRule } from './rule.ts'
import { decide, everything, home, outcome, preflight, put, rule, scope } from './sample.ts'

const origins = [
  ['the listed origin', home, 'preflight allowed'],
  ['another scheme', 'http://home.contoso.net', 'preflight refused: origin-not-allowed'],
  ['another port', `${home}:8443`, 'preflight refused: origin-not-allowed'],
  ['a default port written out', `${home}:443`, 'preflight refused: origin-not-allowed'],
  ['a trailing slash', `${home}/`, 'preflight refused: origin-not-allowed'],
  ['upper case', 'https://HOME.contoso.net', 'preflight refused: origin-not-allowed'],
  ['a longer host', `${home}.evil.test`, 'preflight refused: origin-not-allowed'],
  ['a host with a prefix', 'https://evilhome.contoso.net', 'preflight refused: origin-not-allowed'],
  [
    'any character for the dot',
    'https://homexcontoso.net',
    'preflight refused: origin-not-allowed',
  ],
  ['a list', `${home}, https://evil.test`, 'preflight refused: origin-not-allowed'],
  ['null', 'null', 'preflight refused: origin-not-allowed'],
  ['nothing in it', '', 'preflight refused: origin-not-allowed'],
] as const
for (const [what, origin, expected] of origins) {
  test(`an exact origin is compared byte by byte: ${what} [C1] [C5]`, () => {
    assert.equal(outcome(decide([put], { origin })), expected)
  })
}

const stars = [
  ['https://*.contoso.net', 'https://a.contoso.net', true],
  ['https://*.contoso.net', 'https://xn--bcher-kva.contoso.net', true],
  ['https://*.contoso.net', 'https://a.b.contoso.net', false],
  ['https://*.contoso.net', 'https://contoso.net', false],
  ['https://*.contoso.net', 'https://.contoso.net', false],
  ['https://*.contoso.net', 'http://a.contoso.net', false],
  ['https://*.contoso.net', 'https://a.contoso.net:8443', false],
  ['https://*.contoso.net', 'https://evil.test/.contoso.net', false],
  ['https://*.contoso.net', 'https://evil.test#.contoso.net', false],
  ['https://*.contoso.net', 'https://a.contoso.net.evil.test', false],
  ['https://*.contoso.net:8443', 'https://a.contoso.net:8443', true],
  ['*', 'https://anything.example:1', true],
  ['*', 'chrome-extension://abc', true],
  ['*', 'null', false],
  ['*', 'https://a.example, https://b.example', false],
  ['*', 'https://a.example\r\nX: y', false],
  ['*', 'anything', false],
  ['null', 'null', true],
] as const
for (const [written, origin, allowed] of stars) {
  test(`${written} ${allowed ? 'allows' : 'refuses'} ${JSON.stringify(origin)} [C5]`, () => {
    const decision = decide([{ ...put, allowedOrigins: [written] }], { origin })
    assert.equal(outcome(decision) === 'preflight allowed', allowed)
  })
}

const methods = [
  [['PUT'], 'PUT', true],
  [['put'], 'PUT', true],
  [['PUT'], 'put', false],
  [['PUT'], 'DELETE', false],
  [['patch'], 'PATCH', false],
  [['patch'], 'patch', true],
  [[], 'GET', true],
  [[], 'HEAD', true],
  [[], 'POST', true],
  [[], 'get', false],
  [['*'], 'PURGE', true],
  [['*'], 'TRACE', false],
  [['*'], 'PUT, DELETE', false],
  [['*'], '', false],
] as const
for (const [allowedMethods, requestMethod, allowed] of methods) {
  test(`methods ${JSON.stringify(allowedMethods)} and a wish for "${requestMethod}": ${allowed} [C6]`, () => {
    const decision = decide([{ ...put, allowedMethods }], { requestMethod })
    const expected = allowed ? 'preflight allowed' : 'preflight refused: method-not-allowed'
    assert.equal(outcome(decision), expected)
  })
}

const headers = [
  [['x-a'], 'x-a', true],
  [['X-A'], 'x-a', true],
  [['x-a'], 'X-A', true],
  [['x-a', 'x-b'], 'x-a, x-b', true],
  [['x-a', 'x-b'], ',x-b,,x-a,', true],
  [['x-a'], 'x-a,x-b', false],
  [['x-ms-*'], 'x-ms-a,x-ms-b', true],
  [['x-ms-*'], 'x-m', false],
  [['x-ms-*'], 'xx-ms-a', false],
  [['*'], 'authorization,content-type', true],
  [['*'], 'x a', false],
  [['*'], 'x-a\r\nX: y', false],
  [[], '', true],
  // A browser names these only when their value is not safelisted.
  [[], 'content-type', false],
  [[], 'accept', false],
  [['content-type'], 'content-type', true],
] as const
for (const [allowedHeaders, requestHeaders, allowed] of headers) {
  test(`headers ${JSON.stringify(allowedHeaders)} and a wish for ${JSON.stringify(requestHeaders)}: ${allowed} [C6]`, () => {
    const decision = decide([{ ...put, allowedHeaders }], { requestHeaders })
    const expected = allowed ? 'preflight allowed' : 'preflight refused: header-not-allowed'
    assert.equal(outcome(decision), expected)
  })
}

test('absurdly many requested headers are refused fast, and named shortly [C6] [C8]', () => {
  const names = Array.from({ length: 4_000 }, (_, i) => `x-header-${i}`).join(',')
  const spaces = `x${' '.repeat(requestHeadersMaxLength - 2)}y`
  const started = performance.now()
  for (const requestHeaders of [names, names.slice(0, requestHeadersMaxLength), spaces]) {
    const decision = decide([put], { requestHeaders })
    assert.ok(decision.kind === 'preflight' && !decision.allowed)
    assert.ok(decision.because.code === 'header-not-allowed')
    assert.ok(decision.because.headers.length <= maxNamedHeaders)
    assert.ok(explainCorsRefusal(decision.because).length < 1_500)
  }
  assert.equal(
    outcome(decide([everything], { requestHeaders: names })),
    'preflight refused: header-not-allowed',
  )
  assert.ok(performance.now() - started < 200)
})

// A second reading of Fetch, as plain as it can be: what it refuses, decideCors() must never allow.
function naivelyAllowed(rules: readonly CorsRule[], request: CorsRequest): boolean {
  const covering = rules.filter(
    (each) => each.resource === '/' || `${request.path}/`.startsWith(`${each.resource}/`),
  )
  const longest = Math.max(...covering.map((each) => each.resource.length))
  return covering
    .filter((each) => each.resource.length === longest)
    .some((each) => {
      const originFits = each.allowedOrigins.some(
        (allowed) =>
          allowed === request.origin ||
          (allowed === '*' && request.origin !== 'null') ||
          (allowed.includes('*.') &&
            new RegExp(`^${allowed.replaceAll('.', '\\.').replace('*', '[a-z0-9-]+')}$`).test(
              request.origin ?? '',
            )),
      )
      const method = request.requestMethod ?? ''
      const methodFits =
        ['GET', 'HEAD', 'POST', ...each.allowedMethods].includes(method) ||
        each.allowedMethods.includes('*')
      const wanted = (request.requestHeaders ?? '').split(',').filter((name) => name !== '')
      const headersFit = wanted.every((name) =>
        each.allowedHeaders.some(
          (allowed) =>
            allowed === name.toLowerCase() ||
            (allowed.endsWith('*') && name.toLowerCase().startsWith(allowed.slice(0, -1))),
        ),
      )
      return originFits && methodFits && headersFit
    })
}

test('decideCors() allows exactly what a naive reading of Fetch allows [C15]', () => {
  const origin = fc.constantFrom(
    home,
    'https://a.contoso.net',
    'https://a.b.contoso.net',
    'null',
    'http://home.contoso.net',
    'https://x.y',
  )
  const pattern = fc.constantFrom(home, 'https://*.contoso.net', '*', 'null', 'https://x.y')
  const method = fc.constantFrom('GET', 'PUT', 'DELETE', 'patch', 'PATCH')
  const name = fc.constantFrom('x-a', 'X-A', 'x-ms-a', 'content-type', 'authorization')
  const namePattern = fc.constantFrom('x-a', 'x-ms-*', 'Content-Type', '*')
  const rules = fc.array(
    fc.record({
      resource: fc.constantFrom('/', '/a', '/a/b'),
      allowedOrigins: fc.array(pattern, { maxLength: 2 }),
      allowedMethods: fc.array(fc.oneof(method, fc.constant('*')), { maxLength: 2 }),
      allowedHeaders: fc.array(namePattern, { maxLength: 2 }),
    }),
    { maxLength: 4 },
  )
  const request = fc.record({
    origin,
    requestMethod: method,
    path: fc.constantFrom('/', '/a', '/ab', '/a/b', '/a/b/c'),
    requestHeaders: fc.array(name, { maxLength: 2 }).map((names) => names.join(',')),
  })
  fc.assert(
    fc.property(rules, request, (inputs, change) => {
      const compiled = inputs.map(rule)
      const whole = { ...preflight, ...change }
      const allowed = outcome(decideCors(compileCors(compiled, scope), whole))
      assert.equal(allowed === 'preflight allowed', naivelyAllowed(compiled, whole))
    }),
    { numRuns: 2_000 },
  )
})
