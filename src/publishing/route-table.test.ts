import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Application } from './application.ts'
import { portal } from './built-in.ts'
import type { PublishingInput } from './input.ts'
import { longHeadTimeoutMs } from './route.ts'
import {
  certificateName,
  compileRoutes,
  covers,
  type Found,
  isNamedOrigin,
  type RouteTable,
  resolve,
  toInternal,
} from './route-table.ts'
import { sampleApplication } from './sample.ts'

const published: Readonly<Record<string, PublishingInput>> = {
  client: {
    externalUrl: 'https://apps.contoso.net/CORSWebClient/',
    internalUrl: 'http://iis:8080/CORSWebClient/',
  },
  deep: {
    externalUrl: 'https://apps.contoso.net/CORSWebClient/admin/',
    internalUrl: 'http://10.0.0.7/',
  },
  ports: { externalUrl: 'https://apps.contoso.net:8443/', internalUrl: 'http://ports/' },
  plain: {
    externalUrl: 'http://plain.contoso.com/',
    internalUrl: 'http://plain/',
    preAuthentication: false,
  },
  alternate: {
    externalUrl: 'https://eu.fabrikam.com/',
    internalUrl: 'http://fab/',
    alternateUrl: 'https://www.fabrikam.com/fab/',
  },
  wild: { externalUrl: 'https://*.wild.net/', internalUrl: 'http://*.inside.wild:81/root/' },
  finance: { externalUrl: 'https://*.finance.wild.net/', internalUrl: 'https://*.fin/' },
  exact: { externalUrl: 'https://exact.wild.net/only/', internalUrl: 'http://exact/' },
  complex: {
    externalUrl: 'https://*.contoso.net/',
    internalUrl: 'http://*.test.com/',
    alternateUrl: 'https://*.contoso.org/',
    segments: [
      { externalUrl: 'https://home.contoso.net/', internalUrl: 'https://home.test.com/' },
      {
        externalUrl: 'https://api.contoso.net/v1/',
        internalUrl: 'http://10.1.1.1:9000/svc/',
        alternateUrl: 'https://api.contoso.org/',
      },
      { externalUrl: 'https://apps.contoso.net/CORSWebClient/x/', internalUrl: 'http://never/' },
      { externalUrl: 'https://apps.contoso.net/other/', internalUrl: 'http://other/' },
    ],
  },
  closed: {
    externalUrl: 'https://*.closed.net/',
    internalUrl: 'http://*.closed/',
    whenNoSegments: 'closed',
  },
  bare: { segments: [{ externalUrl: 'https://lone.example.org/', internalUrl: 'http://lone/' }] },
}
const applications = Object.entries(published).map(([id, input]) => sampleApplication(id, input))
const table = compileRoutes(applications)

/** `application → internal URL`, or the reason. */
function where(url: string, routes: RouteTable = table): string {
  const { protocol, hostname, port, pathname } = new URL(url)
  const scheme = protocol === 'https:' ? 'https' : 'http'
  const number = port === '' ? (scheme === 'https' ? 443 : 80) : Number(port)
  const found = resolve(routes, scheme, hostname, number, pathname)
  if (!found.found) return found.because
  const internal = toInternal(found, pathname)
  return `${found.route.application.id} → ${internal.origin}${internal.path}`
}

const cases = [
  [
    'P1',
    'https://apps.contoso.net/CORSWebClient/a%20b/',
    'client → http://iis:8080/CORSWebClient/a%20b/',
  ],
  ['P1', 'https://apps.contoso.net/CORSWebClient', 'client → http://iis:8080/CORSWebClient'],
  ['P1', 'https://apps.contoso.net/CORSWebClientX', 'unknown-path'],
  ['P1', 'https://apps.contoso.net/corswebclient/', 'unknown-path'],
  ['P1', 'https://apps.contoso.net/', 'unknown-path'],
  ['P1', 'http://apps.contoso.net/CORSWebClient/', 'unknown-host'],
  ['P1', 'https://apps.contoso.net:444/CORSWebClient/', 'unknown-host'],
  ['P1', 'https://nobody.example/', 'unknown-host'],
  ['P1', 'https://plain.contoso.com/', 'unknown-host'],
  ['P1', 'http://plain.contoso.com/x//y', 'plain → http://plain/x//y'],
  ['P2', 'https://apps.contoso.net/CORSWebClient/admin', 'deep → http://10.0.0.7/'],
  ['P2', 'https://apps.contoso.net/CORSWebClient/admin/x', 'deep → http://10.0.0.7/x'],
  [
    'P2',
    'https://apps.contoso.net/CORSWebClient/administer',
    'client → http://iis:8080/CORSWebClient/administer',
  ],
  ['P12', 'https://apps.contoso.net:8443/x', 'ports → http://ports/x'],
  ['P10', 'https://eu.fabrikam.com/x', 'alternate → http://fab/x'],
  ['P10', 'https://www.fabrikam.com/fab/x', 'alternate → http://fab/x'],
  ['P10', 'https://www.fabrikam.com/x', 'unknown-path'],
  ['P3', 'https://a.wild.net/x', 'wild → http://a.inside.wild:81/root/x'],
  ['P3', 'https://xn--bcher-kva.wild.net/', 'wild → http://xn--bcher-kva.inside.wild:81/root/'],
  ['P3', 'https://a.b.wild.net/', 'unknown-host'],
  ['P3', 'https://wild.net/', 'unknown-host'],
  ['P3', 'https://a_b.wild.net/', 'unknown-host'],
  ['P3', 'https://-a.wild.net/', 'unknown-host'],
  ['P3', 'https://169.254.169.254.wild.net/', 'unknown-host'],
  ['P4', 'https://a.finance.wild.net/', 'finance → https://a.fin/'],
  ['P4', 'https://finance.wild.net/', 'wild → http://finance.inside.wild:81/root/'],
  ['P4', 'https://exact.wild.net/only/x', 'exact → http://exact/x'],
  ['P4', 'https://exact.wild.net/other', 'wild → http://exact.inside.wild:81/root/other'],
  ['P5', 'https://home.contoso.net/x', 'complex → https://home.test.com/x'],
  ['P5', 'https://api.contoso.net/v1/x', 'complex → http://10.1.1.1:9000/svc/x'],
  ['P5', 'https://api.contoso.net/v2/x', 'unknown-path'],
  ['P5', 'https://unlisted.contoso.net/', 'segment-not-listed'],
  ['P5', 'https://unlisted.contoso.org/', 'segment-not-listed'],
  ['P5', 'https://a.home.contoso.net/', 'unknown-host'],
  ['P10', 'https://api.contoso.org/x', 'complex → http://10.1.1.1:9000/svc/x'],
  [
    'P7',
    'https://apps.contoso.net/CORSWebClient/x/y',
    'client → http://iis:8080/CORSWebClient/x/y',
  ],
  ['P7', 'https://apps.contoso.net/other/x', 'complex → http://other/x'],
  ['P8', 'https://any.closed.net/', 'no-segments'],
  ['P6', 'https://lone.example.org/x', 'bare → http://lone/x'],
] as const
for (const [sentence, url, expected] of cases) {
  test(`${url}: ${expected} [${sentence}]`, () => assert.equal(where(url), expected))
}

test('a star stands for no reserved host, on whatever port, and an exact URL still does [P3] [P4]', () => {
  const input = (port: number) => ({
    externalUrl: `https://*.wild.net:${port}/`,
    internalUrl: 'http://*.inside/',
  })
  const own = { externalUrl: 'https://portal.wild.net/', internalUrl: 'http://own/' }
  const all = [
    sampleApplication(portal.id, own),
    ...[443, 8443].map((port) => sampleApplication(`${port}`, input(port))),
  ]
  const routes = compileRoutes(all, new Set(['portal.wild.net']))
  assert.equal(where('https://portal.wild.net/x', routes), `${portal.id} → http://own/x`)
  assert.equal(where('https://portal.wild.net:8443/', routes), 'unknown-host')
  assert.equal(where('https://other.wild.net:8443/', routes), '8443 → http://other.inside/')
  assert.equal(covers(routes, 'https://portal.wild.net:8443'), false)
  assert.equal(covers(routes, 'https://other.wild.net:8443'), true)
})

test('what was published on a host before it was the edge’s own is not served there any more [P6]', () => {
  const early = sampleApplication('early', {
    externalUrl: 'https://portal.wild.net/docs/',
    internalUrl: 'http://docs/',
    alternateUrl: 'https://docs.wild.net/',
  })
  const own = { externalUrl: 'https://portal.wild.net/', internalUrl: 'http://own/' }
  const all = [sampleApplication(portal.id, own), early]
  const routes = compileRoutes(all, new Set(['portal.wild.net']))
  assert.equal(where('https://portal.wild.net/docs/x', routes), `${portal.id} → http://own/docs/x`)
  assert.equal(where('https://docs.wild.net/x', routes), 'early → http://docs/x')
})

test('with its last segment deleted a complex application is a wildcard one again [P8]', () => {
  const { segments: _, ...input } = published['complex'] as PublishingInput
  const routes = compileRoutes([sampleApplication('complex', input)])
  assert.equal(
    where('https://unlisted.contoso.net/x', routes),
    'complex → http://unlisted.test.com/x',
  )
  assert.equal(
    where('https://unlisted.contoso.org/x', routes),
    'complex → http://unlisted.test.com/x',
  )
})

test('what is not published has no route, and unpublishing takes effect', () => {
  const [first] = applications
  assert.ok(first)
  const gone: Application = { ...first, publishing: undefined }
  assert.equal(
    where('https://apps.contoso.net/CORSWebClient/', compileRoutes([gone])),
    'unknown-host',
  )
})

function found(url: string): Found {
  const { hostname, pathname } = new URL(url)
  const resolution = resolve(table, 'https', hostname, 443, pathname)
  assert.ok(resolution.found)
  return resolution
}

test('a route carries what the path of a request needs [P10] [F5]', () => {
  const { route } = found('https://api.contoso.org/x')
  assert.equal(route.kind, 'complex')
  assert.equal(route.via, 'alternate')
  assert.ok(route.segmentId)
  assert.equal(route.application.headTimeoutMs, 85_000)
  const slow = sampleApplication('slow', { ...published['client'], backendTimeout: 'long' })
  const [routeOfSlow] = compileRoutes([slow]).byInternalHost.get('iis') ?? []
  assert.equal(routeOfSlow?.application.headTimeoutMs, longHeadTimeoutMs)
})

test('an application knows every origin one sign-in must reach, stars left out [S2]', () => {
  assert.deepEqual(found('https://home.contoso.net/').route.application.origins, [
    'https://home.contoso.net',
    'https://api.contoso.net',
    'https://api.contoso.org',
    'https://apps.contoso.net',
  ])
  assert.deepEqual(found('https://a.wild.net/').route.application.origins, [])
})

test("response-header rules are the application's, then the segment's [C14]", () => {
  const set = (value: string) => [{ action: 'set', name: 'X-A', value }] as const
  const application = sampleApplication('a', {
    responseHeaders: set('application'),
    segments: [
      { externalUrl: 'https://a.b.c/', internalUrl: 'http://a/', responseHeaders: set('segment') },
    ],
  })
  const resolution = resolve(compileRoutes([application]), 'https', 'a.b.c', 443, '/')
  assert.ok(resolution.found)
  assert.deepEqual(resolution.route.responseHeaders, [...set('application'), ...set('segment')])
})

const origins = [
  ['https://apps.contoso.net', true],
  ['https://apps.contoso.net:8443', true],
  ['https://apps.contoso.net:9', false],
  ['https://www.fabrikam.com', true],
  ['https://a.wild.net', true],
  ['https://a.b.wild.net', false],
  ['https://a_b.wild.net', false],
  ['https://home.contoso.net', true],
  ['https://unlisted.contoso.net', false],
  ['https://any.closed.net', false],
  ['https://home.contoso.net/', false],
  ['https://home.contoso.net.evil.test', false],
  ['https://me@home.contoso.net', false],
  ['https://HOME.contoso.net', false],
  ['null', false],
  ['javascript:alert(1)', false],
] as const
for (const [origin, covered] of origins) {
  test(`covers(${origin}) is ${covered} [S1]`, () => {
    assert.equal(covers(table, origin), covered)
  })
}

test('an origin is named where something is published on it, or a rule allows it by name [D4]', () => {
  const rule = { resource: '/', allowedHeaders: ['*'], allowedMethods: ['*'] }
  const segment = { externalUrl: 'https://one.named.net/', internalUrl: 'http://one/' }
  const allowed = ['https://partner.example', 'https://*.partner.example', 'https://b.example:8443']
  const corsRules = [{ ...rule, allowedOrigins: allowed }]
  const named = compileRoutes([
    sampleApplication('named', {
      ...{ externalUrl: 'https://*.named.net/', internalUrl: 'http://*.named.test/' },
      segments: [{ ...segment, corsRules }],
    }),
  ])
  const asked = [
    ...['https://one.named.net', 'https://two.named.net', 'http://one.named.net', 'null'],
    ...['https://partner.example', 'https://x.partner.example', 'https://b.example:8443'],
  ]
  assert.deepEqual(
    asked.filter((origin) => isNamedOrigin(named, origin)),
    ['https://one.named.net', 'https://partner.example', 'https://b.example:8443'],
  )
})

const certificates = [
  ['home.contoso.net', 'home.contoso.net'],
  ['unlisted.contoso.net', '*.contoso.net'],
  ['a.wild.net', '*.wild.net'],
  ['plain.contoso.com', 'plain.contoso.com'],
  ['contoso.net', undefined],
  ['a.b.wild.net', undefined],
  ['x_y.wild.net', undefined],
  ['example.org', undefined],
] as const
for (const [host, expected] of certificates) {
  test(`the certificate for ${host} is ${expected ?? 'none'}: whatever gets an answer, a 404 included [P5] [P11]`, () => {
    assert.equal(certificateName(table, host), expected)
  })
}

// The same decision, read from the sentences one after the other, without any index.
function naively(all: readonly Application[], host: string, path: string): string {
  const candidates = all.flatMap(({ id, publishing }) => {
    if (!publishing) return []
    const { externalUrl, segments } = publishing
    const own = externalUrl
      ? [{ id, url: externalUrl, segment: false, leads: segments.length === 0 }]
      : []
    const listed = segments.map((segment) => ({
      id,
      url: segment.externalUrl,
      segment: true,
      leads: true,
    }))
    return [...own, ...listed]
  })
  const matches = candidates
    .map((candidate) => {
      const { hostname, pathname } = new URL(candidate.url.replace('*', 'star'))
      const starred = candidate.url.includes('*')
      const parent = hostname.slice(hostname.indexOf('.'))
      const hostFits = starred ? host.slice(host.indexOf('.')) === parent : host === hostname
      const pathFits = `${path}/`.startsWith(pathname)
      const weight =
        (starred ? 0 : 1_000_000) +
        (candidate.segment ? 0 : 100_000 * Number(!starred)) +
        pathname.length
      return { ...candidate, fits: hostFits && pathFits, weight }
    })
    .filter((candidate) => candidate.fits)
    .sort((a, b) => b.weight - a.weight)
  const [best] = matches
  return best?.leads ? best.id : 'not found'
}

test('resolve() agrees with a naive reading of the sentences [P1] [P2] [P4] [P5] [P7]', () => {
  const label = fc.constantFrom('a', 'b', 'c')
  const path = fc
    .array(label, { maxLength: 3 })
    .map((labels) => labels.map((l) => `${l}/`).join(''))
  const host = fc.tuple(fc.oneof(label, fc.constant('x')), fc.constantFrom('one.net', 'b.one.net'))
  const regular = fc.tuple(host, path).map(
    ([[name, domain], prefix]): PublishingInput => ({
      externalUrl: `https://${name}.${domain}/${prefix}`,
      internalUrl: 'http://a/',
    }),
  )
  const segment = fc.tuple(label, path).map(([name, prefix]) => [name, prefix] as const)
  const complex = fc
    .tuple(fc.constantFrom('one.net', 'b.one.net'), path, fc.array(segment, { maxLength: 3 }))
    .map(
      ([domain, prefix, segments]): PublishingInput => ({
        externalUrl: `https://*.${domain}/${prefix}`,
        internalUrl: 'http://*.a.b/',
        segments: segments.map(([name, segmentPath]) => ({
          externalUrl: `https://${name}.${domain}/${segmentPath}`,
          internalUrl: 'http://a/',
        })),
      }),
    )
  const inputs = fc.array(fc.oneof(regular, complex), { maxLength: 6 })
  fc.assert(
    fc.property(inputs, host, path, fc.boolean(), (all, [name, domain], prefix, slash) => {
      const unique = all.map((input, index) => sampleApplication(`${index}`, input))
      const seen = new Set<string>()
      const urls = unique.flatMap(({ publishing }) => [
        publishing?.externalUrl ?? '',
        ...(publishing?.segments ?? []).map((each) => each.externalUrl),
      ])
      fc.pre(urls.every((url) => !seen.has(url) && seen.add(url)))
      const requested = slash ? `/${prefix}` : `/${prefix}`.replace(/(.)\/$/, '$1')
      const resolution = resolve(
        compileRoutes(unique),
        'https',
        `${name}.${domain}`,
        443,
        requested,
      )
      const id = resolution.found ? resolution.route.application.id : 'not found'
      assert.equal(id, naively(unique, `${name}.${domain}`, requested))
    }),
    { numRuns: 1_000 },
  )
})
