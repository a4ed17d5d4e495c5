import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainCorsRefusal, isPreflight } from './decide.ts'
import { decide, everything, home, outcome, own, preflight, put } from './sample.ts'

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
