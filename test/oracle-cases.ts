import fc from 'fast-check'
import type { CallInit } from './browser.ts'

/** A page of this host calls one path, and the application answers so. `{port}` stands for the edge's port. */
export interface OracleCase {
  readonly page: OraclePage
  /** `<host>/<path>`, without query. */
  readonly target: string
  readonly init: CallInit
  readonly answer: OracleAnswer
  readonly preflight: OracleAnswer
}

/** `https://home.contoso.localhost`, a page of another site, and one whose origin is `null`. */
export type OraclePage = 'home' | 'other' | 'sandbox'

export interface OracleAnswer {
  readonly status: number
  /** Names and values in turn. */
  readonly headers: readonly string[]
}

const everything = { allowedMethods: ['*'], allowedHeaders: ['*'], maxAgeInSeconds: 0 }
const home = 'https://home.contoso.localhost:{port}'

/** The rules of the segment `api`; what they do not cover has none. */
export const oracleRules = [
  {
    resource: '/api/listed',
    allowedOrigins: [home],
    allowedMethods: ['PUT', 'PURGE', 'patch'],
    allowedHeaders: ['x-listed', 'x-ms-*', 'content-type'],
    exposedHeaders: ['x-marker'],
    maxAgeInSeconds: 0,
  },
  { ...everything, resource: '/api/theirs', allowedOrigins: ['https://www.fabrikam.localhost'] },
  {
    ...everything,
    resource: '/api/near',
    allowedOrigins: ['https://home.contoso.localhost', 'http://home.contoso.localhost:{port}'],
  },
  { ...everything, resource: '/api/label', allowedOrigins: ['https://*.contoso.localhost:{port}'] },
  { ...everything, resource: '/api/any', allowedOrigins: ['*'], exposedHeaders: ['*'] },
  { ...everything, resource: '/api/any/deep', allowedOrigins: [home], allowedMethods: ['DELETE'] },
  { ...everything, resource: '/api/anonymous', allowedOrigins: ['*'], allowCredentials: false },
  { ...everything, resource: '/api/null', allowedOrigins: ['null'] },
  { ...everything, resource: '/api/dry', allowedOrigins: [home], mode: 'dryRun' },
] as const

const paths = [
  ...['api/none', 'api/listed', 'api/listed/deep', 'api/listedX', 'api/theirs', 'api/near'],
  ...['api/label', 'api/any', 'api/any/deep', 'api/anonymous', 'api/null', 'api/dry', ''],
]

/** Targets: the segment with the rules, an application with nobody to sign in to, and places where nothing is. */
const target = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom(...paths).map((path) => `api/${path}`) },
  { weight: 8, arbitrary: fc.constantFrom('open/', 'open/deep/er') },
  { weight: 1, arbitrary: fc.constantFrom('home/x', 'nowhere/x', 'portal/x') },
)

const method = fc.oneof(
  { weight: 4, arbitrary: fc.constant('GET') },
  { weight: 1, arbitrary: fc.constantFrom('HEAD', 'POST', 'post', 'OPTIONS') },
  { weight: 3, arbitrary: fc.constantFrom('PUT', 'DELETE', 'PATCH', 'patch', 'put', 'PURGE') },
)

// Those that may go without a question, those that may not, and those of which the value decides.
const requestHeaders = [
  ['x-listed', '1'],
  ['X-Ms-Date', 'today'],
  ['x-other', '1'],
  ['x-zz', ''],
  ['Authorization', 'Basic Og=='],
  ['Content-Type', 'application/json'],
  ['Content-Type', 'text/plain;charset=UTF-8'],
  ['Content-Type', 'text/plain; a="b"'],
  ['Accept', 'application/json'],
  ['Accept', 'a"b'],
  ['Accept-Language', 'de, en;q=0.5'],
  ['Accept-Language', 'de_AT'],
  ['Range', 'bytes=0-10'],
  ['Range', 'bytes=-10'],
  ['Range', 'bytes=5-1'],
  ['Content-Language', 'x'.repeat(129)],
] as const

const headerSet = fc
  .oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.subarray([...requestHeaders], { minLength: 1, maxLength: 2 }) },
  )
  .map((fields) => Object.fromEntries(new Map(fields.map(([name, value]) => [name, value]))))

const init: fc.Arbitrary<CallInit> = fc.record({
  method,
  headers: headerSet,
  credentials: fc.constantFrom('omit', 'same-origin', 'include', 'include'),
})

const origins = [
  ...['{page}', '{page}', '{page}', '{page}', '*', '*', 'null', `${home}/`, '', 'home', '{page},'],
  ...['https://home.contoso.localhost', 'HTTPS://HOME.contoso.localhost:{port}', 'https://a b'],
  ...['https://www.fabrikam.localhost', '{page}, {page}', '{page} https://a.b', 'http://', '**'],
]

const allowOrigin = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 8, arbitrary: fc.constantFrom(...origins).map((value) => field('Origin', value)) },
  { weight: 1, arbitrary: fc.constant([...field('Origin', '{page}'), ...field('Origin', '*')]) },
)

const allowCredentials = fc.oneof(
  { weight: 3, arbitrary: fc.constant(field('Credentials', 'true')) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[[], field('Credentials', 'True'), field('Credentials', 'false')],
      ...[field('Credentials', ''), field('Credentials', ' true ')],
      [...field('Credentials', 'true'), ...field('Credentials', 'true')],
    ),
  },
)

function field(name: string, value: string): string[] {
  return [`Access-Control-Allow-${name}`, value]
}

function optional(name: string, values: readonly string[]): fc.Arbitrary<string[]> {
  return fc.option(fc.constantFrom(...values), { nil: undefined, freq: 5 }).map((value) => {
    return value === undefined ? [] : field(name, value)
  })
}

const methodLists = [
  ...['*', '*', 'PUT, DELETE, PATCH, patch, PURGE', 'PUT,DELETE,PATCH,patch,PURGE,OPTIONS', 'put'],
  ...['PUT', '', 'P UT', 'PUT,', ', PUT', 'PUT;DELETE', 'GET, *'],
]
const allNames =
  'x-listed, x-ms-date, x-other, x-zz, authorization, content-type, accept, accept-language, range, content-language'
const nameLists = ['*', '*', allNames, allNames.toUpperCase(), 'x-listed', '', 'x listed', 'x-*']

const preflightFields = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: fc.constant(field('Origin', '{page}')) }, allowOrigin),
    allowCredentials,
    optional('Methods', methodLists),
    optional('Headers', nameLists),
  )
  .map((parts) => parts.flat())

const preflight: fc.Arbitrary<OracleAnswer> = fc.oneof(
  { weight: 12, arbitrary: preflightOf(fc.constantFrom(200, 204, 204, 299)) },
  { weight: 2, arbitrary: preflightOf(fc.constantFrom(301, 304, 400, 401, 404, 500)) },
  { weight: 1, arbitrary: preflightOf(fc.constantFrom(301, 302, 303, 307, 308), '/else') },
)

function preflightOf(status: fc.Arbitrary<number>, location?: string): fc.Arbitrary<OracleAnswer> {
  const more = location === undefined ? [] : ['Location', location]
  return fc.record({ status, headers: preflightFields.map((fields) => [...fields, ...more]) })
}

// Each leads to an answer without any CORS headers, if to any.
const locations = [
  ...['/plain', 'plain?x=1#part', 'https://api.contoso.localhost:{port}/api/any'],
  ...['https://api.contoso.localhost:{port}/api/none', 'https://open.contoso.localhost:{port}/'],
  ...['https://home.contoso.localhost:{port}/x', 'https://api.contoso.localhost:{port}/api/null'],
  ...['https://a:b@api.contoso.localhost:{port}/api/any', 'ftp://files.contoso.localhost/'],
  ...['https://a@open.contoso.localhost:{port}/', 'https://a:b@home.contoso.localhost:{port}/x'],
  ...['https://api.contoso.localhost:{port}/api/label', 'mailto:a@b.c'],
]

const exposed = fc.constantFrom([], [], exposing('*'), exposing('X-Marker'), exposing('x-marke, a'))

function exposing(value: string): string[] {
  return ['Access-Control-Expose-Headers', value]
}

const answer: fc.Arbitrary<OracleAnswer> = fc
  .tuple(allowOrigin, allowCredentials, exposed, fc.constantFrom(...locations))
  .chain(([origin, credentials, expose, location]) => {
    const headers = [...origin, ...credentials, ...expose, 'X-Marker', '1']
    const redirect = fc.constantFrom(301, 302, 303, 307, 308).map((status) => {
      return { status, headers: [...headers, 'Location', location] }
    })
    const status = fc.constantFrom(200, 200, 200, 204, 401, 404, 500)
    const plain = status.map((code) => ({ status: code, headers }))
    return fc.oneof({ weight: 3, arbitrary: plain }, { weight: 1, arbitrary: redirect })
  })

const page = fc.oneof(
  { weight: 6, arbitrary: fc.constant<OraclePage>('home') },
  { weight: 1, arbitrary: fc.constantFrom<OraclePage>('other', 'sandbox') },
)

/** Cases of rule × request × answer of the application, always the same for one seed. */
export function oracleCases(count: number, seed: number): readonly OracleCase[] {
  const cases = fc.record({ page, target, init, answer, preflight })
  return fc.sample(cases, { numRuns: count, seed })
}
