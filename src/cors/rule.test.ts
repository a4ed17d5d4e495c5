import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { failed } from '../base/check.ts'
import { type CorsRule, type CorsRuleInput, maxNamesPerRule, parseCorsRule } from './rule.ts'

const newId = () => 'new'

function parse(input: CorsRuleInput): CorsRule {
  const parsed = parseCorsRule({ resource: '/', ...input }, '/corsRules/0', newId)
  assert.ok(!failed(parsed), JSON.stringify(parsed))
  return parsed.value
}

function issuesOf(input: CorsRuleInput): string[] {
  const parsed = parseCorsRule({ resource: '/', ...input }, '/corsRules/0', newId)
  assert.ok(failed(parsed), 'should be refused')
  return parsed.issues.map((issue) => `${issue.path} ${issue.code}`)
}

test('parseCorsRule() takes the published example as it stands [C5] [C6]', () => {
  const input = {
    resource: '/',
    allowedOrigins: ['https://home.contoso.net/'],
    allowedHeaders: ['*'],
    allowedMethods: ['*'],
    maxAgeInSeconds: 0,
  }
  assert.deepEqual(parse(input), {
    id: 'new',
    resource: '/',
    allowedOrigins: ['https://home.contoso.net'],
    allowedHeaders: ['*'],
    allowedMethods: ['*'],
    exposedHeaders: [],
    maxAgeSeconds: 0,
    allowCredentials: true,
    mode: 'enforce',
  })
})

test('fields left out are empty, 0 seconds, with credentials; [""] is an empty list [C5]', () => {
  const nothing = [''] as const
  const empty = parse({ allowedOrigins: nothing, allowedHeaders: nothing, allowedMethods: nothing })
  assert.deepEqual(empty, parse({}))
  assert.deepEqual(empty.allowedOrigins, [])
  assert.equal(empty.maxAgeSeconds, 0)
  assert.equal(empty.allowCredentials, true)
})

const origins = [
  ['https://home.contoso.net/', 'https://home.contoso.net'],
  ['HTTPS://Home.Contoso.NET', 'https://home.contoso.net'],
  ['https://home.contoso.net:443', 'https://home.contoso.net'],
  ['http://home.contoso.net:80/', 'http://home.contoso.net'],
  ['http://home.contoso.net:443', 'http://home.contoso.net:443'],
  ['https://home.contoso.net:08443', 'https://home.contoso.net:8443'],
  ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ['https://*.Contoso.net', 'https://*.contoso.net'],
  ['https://*.bücher.example:8443/', 'https://*.xn--bcher-kva.example:8443'],
  ['http://localhost:3000', 'http://localhost:3000'],
  ['http://10.0.0.7:8080', 'http://10.0.0.7:8080'],
  ['http://0x7f.1', 'http://127.0.0.1'],
  ['https://[2001:DB8::0:1]:8443', 'https://[2001:db8::1]:8443'],
  ['https://home.contoso.net.', 'https://home.contoso.net.'],
  [
    'chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb',
    'chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb',
  ],
  ['safari-web-extension://9F1B-22AA', 'safari-web-extension://9F1B-22AA'],
  ['capacitor://localhost', 'capacitor://localhost'],
  ['*', '*'],
  ['null', 'null'],
] as const
for (const [written, kept] of origins) {
  test(`an allowed origin written ${written} is kept as ${kept} [C5]`, () => {
    assert.deepEqual(parse({ allowedOrigins: [written] }).allowedOrigins, [kept])
    assert.deepEqual(parse({ allowedOrigins: [kept] }).allowedOrigins, [kept])
  })
}

const impossibleOrigins = [
  ['home.contoso.net', 'origin-no-scheme'],
  ['//home.contoso.net', 'origin-no-scheme'],
  ['NULL', 'origin-no-scheme'],
  ['https:home.contoso.net', 'origin-no-scheme'],
  [' https://home.contoso.net', 'origin-no-scheme'],
  ['https://home.\tcontoso.net', 'origin-no-scheme'],
  ['https://a.example, https://b.example', 'origin-no-scheme'],
  ['https://home.contoso.net/app', 'origin-path'],
  ['https://home.contoso.net//', 'origin-path'],
  ['https://home.contoso.net\\', 'origin-path'],
  ['https://home.contoso.net?x', 'origin-query'],
  ['https://home.contoso.net/?', 'origin-query'],
  ['https://home.contoso.net#x', 'origin-fragment'],
  ['https://me@home.contoso.net', 'origin-user'],
  ['ftp://home.contoso.net', 'origin-scheme'],
  ['file://home', 'origin-scheme'],
  ['wss://home.contoso.net', 'origin-scheme'],
  ['https://home.*.net', 'origin-wildcard'],
  ['https://*.*.contoso.net', 'origin-wildcard'],
  ['https://*home.contoso.net', 'origin-wildcard'],
  ['https://home.contoso.net:*', 'origin-wildcard'],
  ['https://*', 'origin-wildcard'],
  ['https://', 'origin-host'],
  ['https://*.10.0.0.1', 'origin-host'],
  ['https://home.contoso.net:99999', 'origin-host'],
  ['https://(a|b).contoso.net', 'origin-host'],
  ['https://a,b.contoso.net', 'origin-host'],
] as const
for (const [written, code] of impossibleOrigins) {
  test(`the origin ${JSON.stringify(written)} is refused: ${code} [C5]`, () => {
    const found = issuesOf({ allowedOrigins: ['https://good.example', written] })
    assert.deepEqual(found, [`/corsRules/0/allowedOrigins/1 ${code}`])
  })
}

test('every problem of an origin and of a rule is reported at once [C5] [C6]', () => {
  const found = issuesOf({
    resource: 'here',
    allowedOrigins: ['ftp://me@a.example/x?y#z', 'nothing'],
    allowedHeaders: ['x-a', 'x y', 'x-*-y'],
    allowedMethods: ['GET', 'trace', 'P*', ''],
    exposedHeaders: ['x:'],
    maxAgeInSeconds: 86_401,
  })
  assert.deepEqual(found, [
    '/corsRules/0/resource resource-path',
    '/corsRules/0/allowedOrigins/0 origin-scheme',
    '/corsRules/0/allowedOrigins/0 origin-user',
    '/corsRules/0/allowedOrigins/0 origin-path',
    '/corsRules/0/allowedOrigins/0 origin-query',
    '/corsRules/0/allowedOrigins/0 origin-fragment',
    '/corsRules/0/allowedOrigins/1 origin-no-scheme',
    '/corsRules/0/allowedHeaders/1 header-name',
    '/corsRules/0/allowedHeaders/2 header-wildcard',
    '/corsRules/0/allowedMethods/1 method-forbidden',
    '/corsRules/0/allowedMethods/2 method-name',
    '/corsRules/0/allowedMethods/3 method-name',
    '/corsRules/0/exposedHeaders/0 header-name',
    '/corsRules/0/maxAgeInSeconds max-age',
  ])
})

test('header names are kept in lower case, a star only alone or at the end [C6]', () => {
  const rule = parse({ allowedHeaders: ['X-Custom', 'x-ms-*', '*', 'x-custom'] })
  assert.deepEqual(rule.allowedHeaders, ['x-custom', 'x-ms-*', '*'])
})

test('methods are normalised as Fetch does: patch stays patch [C6]', () => {
  const rule = parse({ allowedMethods: ['put', 'Delete', 'patch', 'PATCH', 'purge', '*'] })
  assert.deepEqual(rule.allowedMethods, ['PUT', 'DELETE', 'patch', 'PATCH', 'purge', '*'])
})

const resources = [
  ['/', '/'],
  ['/here', '/here'],
  ['/here/', '/here'],
  ['/a/%7euser/', '/a/~user'],
  ['/größe', '/gr%C3%B6%C3%9Fe'],
  ['/my app', '/my%20app'],
  ['', 'resource-path'],
  ['here', 'resource-path'],
  ['/a?b', 'resource-query'],
  ['/a#b', 'resource-query'],
  ['/a/*', 'resource-wildcard'],
  ['/a/../b', 'resource-path'],
  ['/a/%2e%2e/b', 'resource-path'],
  ['/a%2fb', 'resource-path'],
  ['/a\\b', 'resource-path'],
  ['//a', 'resource-path'],
] as const
for (const [written, outcome] of resources) {
  test(`the resource ${JSON.stringify(written)} gives ${outcome} [C4]`, () => {
    if (outcome.startsWith('/')) assert.equal(parse({ resource: written }).resource, outcome)
    else assert.deepEqual(issuesOf({ resource: written }), [`/corsRules/0/resource ${outcome}`])
  })
}

test('a rule needs a resource, as in the original [C4]', () => {
  assert.deepEqual(issuesOf({ resource: undefined }), ['/corsRules/0/resource required'])
})

for (const seconds of [-1, 1.5, 86_401, Number.NaN]) {
  test(`maxAgeInSeconds ${seconds} is refused [C7]`, () => {
    assert.deepEqual(issuesOf({ maxAgeInSeconds: seconds }), [
      '/corsRules/0/maxAgeInSeconds max-age',
    ])
  })
}

test('a rule takes so many names and no more [C6]', () => {
  const names = Array.from({ length: maxNamesPerRule + 1 }, (_, i) => `x-${i}`)
  assert.deepEqual(issuesOf({ allowedHeaders: names }), ['/corsRules/0/allowedHeaders too-many'])
  parse({ allowedHeaders: names.slice(1) })
})

test('what a change leaves out stays as it was [G4]', () => {
  const current = parse({ id: 'known', allowedOrigins: ['https://a.example'], maxAgeInSeconds: 7 })
  const changed = parseCorsRule({ allowedMethods: ['PUT'] }, '', newId, current)
  assert.deepEqual(changed, { value: { ...current, allowedMethods: ['PUT'] } })
})

test('normalising is idempotent [C5]', () => {
  const label = fc.stringMatching(/^[A-Za-zäö0-9]{1,8}$/)
  const origin = fc
    .tuple(
      fc.constantFrom('http', 'HTTPS'),
      fc.boolean(),
      fc.array(label, { minLength: 2, maxLength: 3 }),
      fc.constantFrom('', ':80', ':443', ':8443', '/'),
    )
    .map(
      ([scheme, star, labels, end]) => `${scheme}://${star ? '*.' : ''}${labels.join('.')}${end}`,
    )
  fc.assert(
    fc.property(fc.array(origin, { maxLength: 4 }), (allowedOrigins) => {
      const once = parseCorsRule({ resource: '/', allowedOrigins }, '', newId)
      if (failed(once)) return
      assert.deepEqual(parseCorsRule({ ...once.value }, '', newId), once)
    }),
  )
})
