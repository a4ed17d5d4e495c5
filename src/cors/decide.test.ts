import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { failed } from '../base/check.ts'
import {
  type CorsDecision,
  type CorsRequest,
  type CorsScope,
  compileCors,
  decideCors,
  explainCorsRefusal,
  isPreflight,
  maxNamedHeaders,
  requestHeadersMaxLength,
} from './decide.ts'
import { type CorsRule, type CorsRuleInput, parseCorsRule } from './rule.ts'

const home = 'https://home.contoso.net'
const own = 'https://assets.contoso.net'

const scope: CorsScope = {
  ownOrigins: [own],
  resourceBase: '/',
  siblingOrigins: [],
  answersPreflights: true,
}

function rule(input: CorsRuleInput): CorsRule {
  const parsed = parseCorsRule({ id: 'r', resource: '/', ...input }, '', () => 'new')
  assert.ok(!failed(parsed), JSON.stringify(parsed))
  return parsed.value
}

const preflight: CorsRequest = {
  method: 'OPTIONS',
  path: '/',
  origin: home,
  requestMethod: 'PUT',
  requestHeaders: undefined,
}
const actual: CorsRequest = { ...preflight, method: 'PUT', requestMethod: undefined }

function decide(
  rules: readonly CorsRuleInput[],
  request: Partial<CorsRequest>,
  change: Partial<CorsScope> = {},
): CorsDecision {
  const base = request.method && request.method !== 'OPTIONS' ? actual : preflight
  const policy = compileCors(rules.map(rule), { ...scope, ...change })
  return decideCors(policy, { ...base, ...request })
}

function outcome(decision: CorsDecision): string {
  if (decision.kind === 'none') return decision.varyOrigin ? 'none, vary' : 'none'
  return decision.allowed
    ? `${decision.kind} allowed`
    : `${decision.kind} refused: ${decision.because.code}`
}

const shapes = [
  ['OPTIONS with Origin and method', {}, true],
  ['OPTIONS without Origin', { origin: undefined }, false],
  ['OPTIONS without a requested method', { requestMethod: undefined }, false],
  ['OPTIONS in lower case', { method: 'options' }, false],
  ['POST with all the fields', { method: 'POST' }, false],
] as const
for (const [what, change, expected] of shapes) {
  test(`isPreflight() says ${expected} to ${what} [C2]`, () => {
    assert.equal(isPreflight({ ...preflight, ...change }), expected)
  })
}

const put: CorsRuleInput = { allowedOrigins: [home], allowedMethods: ['PUT'] }
const everything: CorsRuleInput = {
  allowedOrigins: ['*'],
  allowedMethods: ['*'],
  allowedHeaders: ['*'],
}

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

test('a grant names what was asked for and what the rule lists, never a star [C7]', () => {
  const decision = decide(
    [{ allowedOrigins: ['*'], allowedMethods: ['*', 'PATCH'], allowedHeaders: ['*', 'x-a'] }],
    { requestMethod: 'PURGE', requestHeaders: 'x-b,x-a' },
  )
  assert.ok(decision.kind === 'preflight' && decision.allowed)
  assert.deepEqual(decision.grant, {
    origin: home,
    credentials: true,
    methods: ['PATCH', 'PURGE'],
    headers: ['x-a', 'x-b'],
    maxAgeSeconds: 0,
    exposedHeaders: [],
    rule: { id: 'r', resource: '/' },
  })
})

const paths = [
  ['/', '/', '/anything', 'general'],
  ['/', '/here', '/here', 'special'],
  ['/', '/here', '/here/x', 'special'],
  ['/', '/here', '/hereafter', 'general'],
  ['/', '/here', '/HERE', 'general'],
  ['/app/', '/here', '/app/here', 'special'],
  ['/app/', '/here', '/app', 'general'],
  ['/app/', '/here', '/here', 'none'],
] as const
for (const [resourceBase, resource, path, expected] of paths) {
  test(`below ${resourceBase} the path ${path} is for the rule "${expected}" when one has ${resource} [C4]`, () => {
    const general = { ...put, id: 'general' }
    const rules = resource === '/' ? [general] : [general, { ...put, id: 'special', resource }]
    const decision = decide(rules, { path }, { resourceBase })
    const rule = decision.kind === 'preflight' && decision.allowed ? decision.grant.rule : undefined
    assert.equal(rule?.id ?? 'none', expected)
  })
}

test('the longest resource decides alone, also when it refuses [C4]', () => {
  const rules = [everything, { id: 'closed', resource: '/here', allowedOrigins: [] }]
  assert.equal(outcome(decide(rules, { path: '/here/x' })), 'preflight refused: origin-not-allowed')
})

test('of rules with the same resource any may allow, and the closest refusal is told [C4] [C8]', () => {
  const rules = [
    { id: 'a', allowedOrigins: ['https://a.example'], allowedMethods: ['DELETE'] },
    { id: 'b', allowedOrigins: [home], allowedMethods: ['PUT'] },
  ]
  assert.equal(outcome(decide(rules, {})), 'preflight allowed')
  const refused = decide(rules, { requestMethod: 'DELETE' })
  assert.ok(refused.kind === 'preflight' && !refused.allowed)
  assert.deepEqual(refused.because, {
    code: 'method-not-allowed',
    method: 'DELETE',
    rule: { id: 'b', resource: '/' },
  })
})

const refusals = [
  [[], {}, /^No CORS rule covers "\/", so "https:\/\/home\.contoso\.net" may not call it\.$/],
  [
    [put],
    { origin: 'https://x.y' },
    /^The CORS rule for "\/" \(r\) does not allow the origin "https:\/\/x\.y"\.$/,
  ],
  [[put], { requestMethod: 'DELETE' }, /\(r\) does not allow the method "DELETE"\.$/],
  [[put], { requestHeaders: 'x-b,x-a' }, /\(r\) does not allow the header "x-b", "x-a"\.$/],
  [[put], { origin: 'x'.repeat(9_000) }, /^.{60,200}$/],
] as const
for (const [rules, request, sentence] of refusals) {
  test(`a refusal is explained: ${sentence} [C8]`, () => {
    const decision = decide(rules, request)
    assert.ok(decision.kind === 'preflight' && !decision.allowed)
    assert.match(explainCorsRefusal(decision.because), sentence)
  })
}

const actuals = [
  ['an allowed origin', [put], {}, 'actual allowed'],
  ['an allowed origin, whatever the method', [put], { method: 'DELETE' }, 'actual allowed'],
  ['a foreign origin', [put], { origin: 'https://x.y' }, 'actual refused: origin-not-allowed'],
  ['no origin', [put], { origin: undefined }, 'none, vary'],
  ['the own origin', [put], { origin: own }, 'none, vary'],
  ['no rule', [], {}, 'none'],
  ['no rule for that path', [{ ...put, resource: '/x' }], {}, 'none'],
] as const
for (const [what, rules, change, expected] of actuals) {
  test(`an actual request with ${what}: ${expected} [C9] [C10]`, () => {
    assert.equal(outcome(decide(rules, { method: 'PUT', ...change })), expected)
  })
}

test('OPTIONS without a requested method is an ordinary request [C2] [C9]', () => {
  const decision = decide([put], { method: 'OPTIONS', requestMethod: undefined })
  assert.equal(outcome(decision), 'actual allowed')
})

test('an actual request gets the terms of the rule that allowed its method [C4] [C7]', () => {
  const rules = [
    { id: 'get', allowedOrigins: [home], allowedMethods: ['DELETE'], allowCredentials: false },
    { ...put, id: 'put' },
  ]
  const decision = decide(rules, { method: 'PUT' })
  assert.ok(decision.kind === 'actual' && decision.allowed)
  assert.equal(decision.grant.rule?.id, 'put')
})

const own2 = { ownOrigins: [], ownOrigin: own }
const insiders = [
  ['an own preflight is granted', [], {}, { origin: own }, 'preflight allowed'],
  [
    'an own preflight is granted beside a rule for others',
    [put],
    {},
    { origin: own },
    'preflight allowed',
  ],
  [
    'under a wildcard the request says what is own',
    [put],
    own2,
    { origin: own, ownOrigin: own },
    'preflight allowed',
  ],
  [
    'an own TRACE is not',
    [],
    {},
    { origin: own, requestMethod: 'TRACE' },
    'preflight refused: no-rule',
  ],
  ['a preflight without a rule is refused', [], {}, {}, 'preflight refused: no-rule'],
  ['a passthrough application answers for itself', [], { answersPreflights: false }, {}, 'none'],
  ['also for its own origin', [], { answersPreflights: false }, { origin: own }, 'none'],
  ['but not below a rule', [put], { answersPreflights: false }, {}, 'preflight allowed'],
  [
    'a rule refuses there, too',
    [put],
    { answersPreflights: false },
    { origin: 'https://x.y' },
    'preflight refused: origin-not-allowed',
  ],
] as const
for (const [what, rules, change, request, expected] of insiders) {
  test(`${what} [C3] [C10]`, () => {
    assert.equal(outcome(decide(rules, request, change)), expected)
  })
}

const siblingOrigins = [own, home]
const siblings = [
  [
    'a sibling may do anything',
    [],
    { requestMethod: 'PURGE', requestHeaders: 'x-a,authorization' },
    'preflight allowed',
  ],
  ['a sibling may call', [], { method: 'DELETE' }, 'actual allowed'],
  ['a stranger may not ask', [], { origin: 'https://x.y' }, 'preflight refused: no-rule'],
  [
    'a stranger is none of its business',
    [],
    { method: 'PUT', origin: 'https://x.y' },
    'none, vary',
  ],
  [
    'rules come on top',
    [{ ...put, allowedOrigins: ['https://x.y'] }],
    { origin: 'https://x.y' },
    'preflight allowed',
  ],
  [
    'rules do not take away',
    [{ ...put, allowedOrigins: ['https://x.y'] }],
    {},
    'preflight allowed',
  ],
  [
    'without an origin the answer still varies',
    [],
    { method: 'GET', origin: undefined },
    'none, vary',
  ],
] as const
for (const [what, rules, request, expected] of siblings) {
  test(`with allowSiblingSegments ${what} [C12]`, () => {
    assert.equal(outcome(decide(rules, request, { siblingOrigins })), expected)
  })
}

test('a sibling of a passthrough application is answered, a stranger is forwarded [C10] [C12]', () => {
  const passthrough = { siblingOrigins, answersPreflights: false }
  assert.equal(outcome(decide([], {}, passthrough)), 'preflight allowed')
  assert.equal(outcome(decide([], { origin: 'https://x.y' }, passthrough)), 'none, vary')
})

test('siblings get credentials and see every header [C12]', () => {
  const decision = decide([], { method: 'GET' }, { siblingOrigins })
  assert.ok(decision.kind === 'actual' && decision.allowed)
  assert.equal(decision.grant.credentials, true)
  assert.deepEqual(decision.grant.exposedHeaders, ['*'])
})

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
