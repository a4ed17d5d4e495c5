import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileRoutes, type Found, toInternal } from '../publishing/route-table.ts'
import { sampleApplication } from '../publishing/sample.ts'
import { type ReceivedHead, readRequest } from './request.ts'
import { resolveRequest } from './resolve-request.ts'

// Whatever server stands behind, it must not read the path as one of an application that asks for a sign-in, when the
// edge decided on another one.

const host = 'apps.contoso.net'
const published = [
  ['root', '/', '/', false],
  ['admin', '/admin/', '/secret/', true],
  ['public', '/public/', '/base/', false],
  ['deep', '/a/b/', '/', true],
  ['accented', '/caf%C3%A9/', '/cafe/', true],
] as const
const guarded: ReadonlySet<string> = new Set(
  published.filter(([, , , preAuthentication]) => preAuthentication).map(([name]) => name),
)
const routes = compileRoutes(
  published.map(([name, outside, inside, preAuthentication]) =>
    sampleApplication(name, {
      externalUrl: `https://${host}${outside}`,
      internalUrl: `http://${name}.test${inside}`,
      preAuthentication,
    }),
  ),
)

const head: ReceivedHead = {
  method: 'GET',
  target: '/',
  scheme: 'https',
  authority: undefined,
  headers: ['Host', host],
  http2: false,
  bodyAnnounced: false,
  serverName: undefined,
  connection: {},
  port: 8443,
  peer: '',
}

/** Where the edge takes a target; undefined when it refuses or knows nothing there. */
function routeOf(target: string): Found | undefined {
  const request = readRequest({ ...head, target })
  if ('because' in request) return undefined
  const found = resolveRequest(routes, request)
  return 'route' in found ? found : undefined
}

type Reader = (path: string) => string

/** How servers read a path, each leniently in its own way. */
const readers: Record<string, Reader> = {
  WHATWG: (path) => new URL(`http://h${path}`).pathname,
  'RFC 3986': (path) =>
    withoutDots(undo(path, /%(?:2[DE]|[357][0-9A]|4[1-9A-F]|5[0-9AF]|6[1-9A-F])/gi)),
  nginx: (path) => withoutDots(decode(path).replace(/\/+/g, '/')),
  Tomcat: (path) => withoutDots(decode(path.replace(/;[^/]*/g, '')).replace(/\/+/g, '/')),
  IIS: (path) =>
    withoutDots(decode(path).replaceAll('\\', '/').replace(/\/+/g, '/'))
      .replace(/[. ]+(?=\/|$)/g, '')
      .toLowerCase(),
}

function undo(path: string, escapes: RegExp): string {
  return path.replace(escapes, (triplet) =>
    String.fromCharCode(Number.parseInt(triplet.slice(1), 16)),
  )
}

function decode(path: string): string {
  const bytes = Buffer.from(undo(path, /%[0-9a-f]{2}/gi), 'latin1')
  return bytes.toString('utf8')
}

function withoutDots(path: string): string {
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
    if (last && (segment === '.' || segment === '..')) kept.push('')
  }
  return `/${kept.join('/')}`
}

/** Which application a path is in, read as plain text: the longest prefix. */
function applicationAt(path: string): string {
  const within = published.filter(([, outside]) =>
    [outside, decode(outside)].some((prefix) => `${path}/`.startsWith(prefix)),
  )
  return within.reduce((one, other) => (other[1].length > one[1].length ? other : one))[0]
}

const alphabet = [
  ...['/', '.', '%', '2', 'e', 'f', '5', 'c', ';', '\\', '?', '#', ':', '@', '\0', '\t', ' ', '~'],
  ...[
    'admin',
    'ADMIN',
    'Admin',
    'public',
    'a',
    'b',
    'B',
    '..',
    '%2e',
    '%2F',
    '%5c',
    '%61dmin',
    '%41',
  ],
  ...[
    '/a/b/',
    '/a/',
    '/b',
    '//',
    'x=1',
    '%C3%A9',
    '%C3%89',
    '%c3%a9',
    'caf',
    'CAF',
    '%20',
    '%252e',
    '\u00e9',
  ],
]
const targets = fc
  .array(fc.constantFrom(...alphabet), { maxLength: 10 })
  .map((parts) => `/${parts.join('')}`)

for (const [name, read] of Object.entries(readers)) {
  test(`what the edge takes for one application, ${name} takes for no other that people sign in to [F8] [P1]`, () => {
    const property = fc.property(targets, (target) => {
      const found = routeOf(target)
      if (!found) return
      const path = target.replace(/\?.*$/s, '')
      const { id } = found.route.application
      const other = applicationAt(read(path))
      assert.ok(other === id || !guarded.has(other), `${id}, read as ${other}`)
    })
    fc.assert(property, { numRuns })
  })

  test(`what is forwarded, ${name} finds below the internal URL and nowhere else [F8] [P1]`, () => {
    const property = fc.property(targets, (target) => {
      const found = routeOf(target)
      if (!found) return
      const path = target.replace(/\?.*$/s, '')
      const inside = read(toInternal(found, path).path)
      assert.ok(`${inside}/`.startsWith(found.route.internal.pathPrefix), inside)
    })
    fc.assert(property, { numRuns })
  })
}

// A million each was run once; the shrunk failures are in the table below.
const numRuns = Number(process.env['SALLYPORT_RUNS'] ?? 5_000)

const cases = [
  ['/admin/x', 'admin'],
  ['/Admin/x', undefined],
  ['/Public/x', 'root'],
  ['/admin./x', undefined],
  ['/admin;v=1/x', undefined],
  ['/x;v=1/admin', 'root'],
  ['/a//b/x', undefined],
  ['/a/B/x', undefined],
  ['/a/c', 'root'],
  ['/administration', 'root'],
  ['/caf%C3%A9/x', 'accented'],
  ['/caf%C3%89/x', undefined],
  ['/%61dmin/x', undefined],
  ['/files/a%20b/%C3%A9?q=%2F..%2F', 'root'],
  ['/files/Report.PDF', 'root'],
] as const
for (const [target, application] of cases) {
  test(`${target} is for ${application ?? 'nobody'} [F8] [P1] [P2]`, () => {
    assert.equal(routeOf(target)?.route.application.id, application)
  })
}
