import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { processorMsOf } from '../../test/processor-time.ts'
import { compileRoutes, covers, type Found, resolve } from './route-table.ts'
import { sampleApplication } from './sample.ts'
import { translateHeaders, translateUrl } from './translate.ts'

const table = compileRoutes([
  sampleApplication('client', {
    externalUrl: 'https://apps.contoso.net/client/',
    internalUrl: 'http://iis/CORSWebClient/',
  }),
  sampleApplication('service', {
    externalUrl: 'https://service.contoso.net/',
    internalUrl: 'http://iis/CORSWebService/',
    alternateUrl: 'https://www.contoso.org/svc/',
    useAlternateUrl: true,
  }),
  sampleApplication('root', {
    externalUrl: 'https://root.contoso.net/',
    internalUrl: 'http://iis/',
  }),
  sampleApplication('tls', {
    externalUrl: 'https://tls.contoso.net/',
    internalUrl: 'https://tls/',
  }),
  sampleApplication('port', {
    externalUrl: 'https://port.contoso.net:8443/p/',
    internalUrl: 'http://10.0.0.7:8080/',
  }),
  sampleApplication('wild', {
    externalUrl: 'https://*.wild.net/',
    internalUrl: 'http://*.inside.wild:81/root/',
  }),
  sampleApplication('same', {
    externalUrl: 'https://app.same.net:8443/',
    internalUrl: 'http://app.same.net/',
  }),
  sampleApplication('same-wild', {
    externalUrl: 'https://*.same.org/',
    internalUrl: 'https://*.same.org/',
  }),
  sampleApplication('complex', {
    externalUrl: 'https://*.fabrikam.com/',
    internalUrl: 'http://*.test.com/',
    segments: [
      { externalUrl: 'https://home.fabrikam.com/', internalUrl: 'https://home.test.com/' },
      { externalUrl: 'https://assets.fabrikam.com/', internalUrl: 'http://assets.test.com/' },
      { externalUrl: 'https://twice.fabrikam.com/', internalUrl: 'http://iis/' },
    ],
  }),
])

function at(url: string): Found {
  const { hostname, port, pathname } = new URL(url)
  const found = resolve(table, 'https', hostname, Number(port) || 443, pathname)
  assert.ok(found.found)
  return found
}
const client = at('https://apps.contoso.net/client/')
const service = at('https://service.contoso.net/')
const home = at('https://home.fabrikam.com/')
const wild = at('https://a.wild.net/')
const same = at('https://app.same.net:8443/')

const urls = [
  [
    client,
    'http://iis/CORSWebClient/x?y=http://iis/#z',
    'https://apps.contoso.net/client/x?y=http://iis/#z',
  ],
  [client, 'http://iis/CORSWebClient', 'https://apps.contoso.net/client'],
  [client, 'http://IIS:80/CORSWebClient/a%2fb//', 'https://apps.contoso.net/client/a%2fb//'],
  [client, '//iis/CORSWebClient/', 'https://apps.contoso.net/client/'],
  [client, 'HTTP://iis/CORSWebService/x', 'https://service.contoso.net/x'],
  [client, 'http://iis/other', 'https://root.contoso.net/other'],
  [client, 'http://iis', 'https://root.contoso.net/'],
  [client, 'http://iis?x', 'https://root.contoso.net/?x'],
  [client, 'http://10.0.0.7:8080#x', 'https://port.contoso.net:8443/p/#x'],
  [at('https://twice.fabrikam.com/'), 'http://iis/other', 'https://twice.fabrikam.com/other'],
  [client, 'https://iis/CORSWebClient/', 'https://apps.contoso.net/client/'],
  [client, 'https://iis:80/CORSWebClient/', undefined],
  [client, 'http://iis:8080/CORSWebClient/', undefined],
  [client, 'http://tls/x', 'https://tls.contoso.net/x'],
  [client, 'http://10.0.0.7:8080/x', 'https://port.contoso.net:8443/p/x'],
  [client, 'http://10.0.0.7/x', undefined],
  [client, 'http://iis:/CORSWebClient/', 'https://apps.contoso.net/client/'],
  [client, 'http://:80/CORSWebClient/', undefined],
  [client, 'http:///CORSWebClient/', undefined],
  [client, 'https:/', undefined],
  [client, 'http://b.inside.wild:81/root/x', 'https://b.wild.net/x'],
  [client, 'http://b.inside.wild:81/elsewhere', undefined],
  [client, 'http://b.c.inside.wild:81/root/', undefined],
  [home, 'https://home.test.com/x', 'https://home.fabrikam.com/x'],
  [home, 'https://assets.test.com/x', 'https://assets.fabrikam.com/x'],
  [home, 'http://unlisted.test.com/', undefined],
  [client, 'https://apps.contoso.net/client/x', undefined],
  [client, 'https://example.com/', undefined],
  [client, 'http://me@iis/CORSWebClient/', undefined],
  [client, 'http://iis\\CORSWebClient/', undefined],
  [client, 'http:/iis/CORSWebClient/', undefined],
  [client, 'x/y', undefined],
  [client, '', undefined],
] as const
for (const [from, internal, external] of urls) {
  test(`translateUrl(${internal}) from "${from.route.application.id}" gives ${external} [F3]`, () => {
    assert.equal(translateUrl(table, from, internal), external)
  })
}

test('no link leads to a reserved host that a star would cover [F3]', () => {
  const wild = sampleApplication('wild', {
    externalUrl: 'https://*.wild.net/',
    internalUrl: 'http://*.inside/',
  })
  const reserving = compileRoutes([wild], new Set(['login.wild.net']))
  const from = resolve(reserving, 'https', 'a.wild.net', 443, '/')
  assert.ok(from.found)
  assert.equal(translateUrl(reserving, from, 'http://b.inside/x'), 'https://b.wild.net/x')
  assert.equal(translateUrl(reserving, from, 'http://login.inside/x'), undefined)
})

test('people on an alternate URL stay there when the application says so [P10]', () => {
  const alternate = at('https://www.contoso.org/svc/x')
  const url = 'http://iis/CORSWebService/y'
  assert.equal(translateUrl(table, alternate, url), 'https://www.contoso.org/svc/y')
  assert.equal(translateUrl(table, service, url), 'https://service.contoso.net/y')
  assert.equal(
    translateUrl(table, alternate, 'http://iis/CORSWebClient/'),
    'https://apps.contoso.net/client/',
  )
})

const fields = [
  [client, 'Location', '/CORSWebClient/x?y', '/client/x?y'],
  [client, 'location', '/CORSWebService/x', 'https://service.contoso.net/x'],
  [client, 'Location', '/login', 'https://root.contoso.net/login'],
  [at('https://root.contoso.net/'), 'Location', '/CORSWebService/x', '/CORSWebService/x'],
  [wild, 'Location', '/root', '/'],
  [client, 'Location', '/CORSWebClient?x', '/client?x'],
  [service, 'Location', '/CORSWebService/x', '/x'],
  [service, 'Location', '/CORSWebService//evil.test/x', 'https://service.contoso.net//evil.test/x'],
  [service, 'Location', '/CORSWebService/\t/evil.test', 'https://service.contoso.net/\t/evil.test'],
  [service, 'Location', 'x/y', 'x/y'],
  [service, 'Location', '?x', '?x'],
  [service, 'Location', '//evil.test/', '//evil.test/'],
  [service, 'Location', '/\\evil.test/', '/\\evil.test/'],
  [wild, 'Location', '/root/x', '/x'],
  [wild, 'Location', '/elsewhere', '/elsewhere'],
  [service, 'Content-Location', 'http://iis/CORSWebService/x', 'https://service.contoso.net/x'],
  [
    service,
    'Refresh',
    '5; url=http://iis/CORSWebService/x',
    '5; url=https://service.contoso.net/x',
  ],
  [service, 'Refresh', `0;URL='/CORSWebService/x'`, `0;URL='/x'`],
  [service, 'Refresh', '5', '5'],
  [
    service,
    'Refresh',
    `5; url="http://iis/CORSWebService/x`,
    `5; url="https://service.contoso.net/x`,
  ],
  [
    service,
    'Link',
    '<http://iis/CORSWebService/a,b>; rel=next, </CORSWebService/>; title="<http://iis/CORSWebService/>, \\""',
    '<https://service.contoso.net/a,b>; rel=next, </>; title="<http://iis/CORSWebService/>, \\""',
  ],
  [service, 'Link', '<http://iis/CORSWebService/', '<http://iis/CORSWebService/'],
  [service, 'X-Other', 'http://iis/CORSWebService/', 'http://iis/CORSWebService/'],
  [client, 'Set-Cookie', 'a=b', 'a=b'],
  [client, 'Set-Cookie', 'a=b; Path=/CORSWebClient; HttpOnly', 'a=b; Path=/client; HttpOnly'],
  [client, 'Set-Cookie', 'a=b; path=/CORSWebClient/x/', 'a=b; path=/client/x/'],
  [client, 'Set-Cookie', 'a=b; Path=/', 'a=b; Path=/'],
  [client, 'Set-Cookie', 'a=b; Path=/elsewhere', 'a=b; Path=/elsewhere'],
  [client, 'Set-Cookie', 'a=b; Domain=iis; Secure', 'a=b; Secure'],
  [client, 'Set-Cookie', 'a=b; Domain=example.com', 'a=b; Domain=example.com'],
  [client, 'Set-Cookie', 'a=b; Domain=', 'a=b; Domain='],
  [at('https://port.contoso.net:8443/p/'), 'Set-Cookie', 'a=b; Path=/', 'a=b; Path=/p'],
  [
    at('https://port.contoso.net:8443/p/'),
    'Set-Cookie',
    '__Host-a=b; Path=/; Secure',
    '__Host-a=b; Path=/; Secure',
  ],
  [wild, 'Set-Cookie', 'a=b; Domain=.inside.wild; Path=/root', 'a=b; Domain=wild.net; Path=/'],
  [wild, 'Set-Cookie', 'a=b; Domain=a.inside.wild', 'a=b'],
  [home, 'Set-Cookie', 'a=b;domain=Test.com;path=/', 'a=b;domain=fabrikam.com;path=/'],
  [home, 'Set-Cookie', 'a=b; Domain=home.test.com', 'a=b'],
  [home, 'Set-Cookie', 'a=b; Domain=me.test.com', 'a=b; Domain=me.test.com'],
  [same, 'Set-Cookie', 'a=b; Domain=app.same.net', 'a=b; Domain=app.same.net'],
  [same, 'Set-Cookie', 'a=b; Domain=.App.same.net', 'a=b; Domain=.App.same.net'],
  [same, 'Set-Cookie', 'a=b; Domain=same.net', 'a=b; Domain=same.net'],
  [same, 'Set-Cookie', '__Host-a=b; Domain=app.same.net', '__Host-a=b; Domain=app.same.net'],
  [at('https://a.same.org/'), 'Set-Cookie', 'a=b; Domain=a.same.org', 'a=b; Domain=a.same.org'],
  [at('https://a.same.org/'), 'Set-Cookie', 'a=b; Domain=same.org', 'a=b; Domain=same.org'],
] as const
for (const [from, name, value, expected] of fields) {
  test(`${name}: ${JSON.stringify(value)} from "${from.route.application.id}" becomes ${JSON.stringify(expected)} [F3]`, () => {
    const headers = ['Content-Type', 'text/html', name, value]
    const translated = translateHeaders(table, from, headers)
    assert.deepEqual(translated, ['Content-Type', 'text/html', name, expected])
    if (value === expected) assert.equal(translated, headers)
  })
}

test('a field that a hostile application made long takes no long time [F3]', async () => {
  const hostile = [
    `5;${' '.repeat(60_000)}"x"y`,
    '"\\'.repeat(30_000),
    '<'.repeat(60_000),
    `//iis/${'a'.repeat(60_000)}\\`,
  ]
  const tookMs = await processorMsOf(() => {
    for (const value of hostile) {
      for (const name of ['Location', 'Refresh', 'Link', 'Set-Cookie']) {
        translateHeaders(table, service, [name, value])
      }
    }
  })
  assert.ok(tookMs < 500, `${tookMs} ms`)
})

test('translating never makes a redirect to a foreign host that was not there [F3]', () => {
  const piece = fc.constantFrom(
    '/',
    '//',
    '\\',
    '.',
    '..',
    'CORSWebService',
    'CORSWebClient',
    'evil.test',
    'iis',
    '@',
    ':',
    '?',
    '#',
    '\t',
    'http://iis',
    'https://tls',
    '%2f',
    'x',
  )
  const value = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(value, fc.constantFrom(client, service, home, wild), (location, from) => {
      const [, translated] = translateHeaders(table, from, ['Location', location])
      assert.ok(translated !== undefined)
      const outside = URL.parse(
        translated,
        `${from.route.external.starred ? 'https://a.wild.net' : from.route.external.origin}/`,
      )
      const before = URL.parse(location, 'https://somewhere.inside/')
      if (!outside || outside.origin === before?.origin) return
      assert.ok(covers(table, outside.origin), `${location} → ${translated}`)
    }),
    { numRuns: 3_000 },
  )
})

test('of thousands of applications behind one host the right one is found, and at once [F3]', async () => {
  const count = 5_000
  const crowded = compileRoutes(
    Array.from({ length: count }, (_, i) =>
      sampleApplication(`crowd${i}`, {
        externalUrl: `https://crowd${i}.contoso.net/`,
        internalUrl: `http://crowd/area${i % 50}/${i < 50 ? '' : `app${i}/`}`,
      }),
    ),
  )
  const found = resolve(crowded, 'https', 'crowd7.contoso.net', 443, '/')
  assert.ok(found.found)
  const cases = [
    ['http://crowd/area3/app103/x', 'https://crowd103.contoso.net/x'],
    ['http://crowd/area3/app103', 'https://crowd103.contoso.net/'],
    ['http://crowd/area3/app1030', 'https://crowd3.contoso.net/app1030'],
    ['http://crowd/area3/app104/x', 'https://crowd3.contoso.net/app104/x'],
    ['http://crowd/area3', 'https://crowd3.contoso.net/'],
    ['http://crowd/', undefined],
    ['http://crowd', undefined],
    ['/area3/app103/x', 'https://crowd103.contoso.net/x'],
  ] as const
  const tookMs = await processorMsOf(() => {
    for (let i = 0; i < 5_000; i++) {
      for (const [internal] of cases) translateUrl(crowded, found, internal)
    }
  })
  assert.ok(tookMs < 1_000, `${tookMs} ms`)
  for (const [internal, external] of cases) {
    const [, located] = translateHeaders(crowded, found, ['Location', internal])
    assert.equal(located, external ?? internal)
  }
})
