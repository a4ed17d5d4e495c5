import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import type { Json } from '../../src/run/graph-client.ts'
import { type CallInit, corsFailure } from '../browser.ts'
import { predictOutcome } from '../cors-prediction.ts'
import { type CorsWorld, startCorsWorld } from '../cors-world.ts'
import { HttpClient } from '../http-client.ts'
import { logLine } from '../log-line.ts'
import { cookieField } from '../page-call.ts'
import { signIn, type World } from '../world.ts'

let cors: CorsWorld
let world: World
let profile: BrowserContext
let client: HttpClient
/** Pages by the host they are on; scripts on `sandbox` run with the origin `null`. */
let pages: Readonly<Record<'home' | 'sandbox', Page>>

before(async () => {
  cors = await startCorsWorld()
  world = cors.world
  client = new HttpClient({ ca: world.ca })
  profile = await world.profile()
  const [home, sandbox] = [await profile.newPage(), await profile.newPage()]
  // A page without a content security policy of its own, so that nothing but CORS stands in the way.
  await signIn(home, `${world.home}nothing`, world.alice)
  await sandbox.goto(world.external('sandbox'))
  pages = { home, sandbox }
})
after(async () => {
  await client?.[Symbol.asyncDispose]()
  await cors?.[Symbol.asyncDispose]()
})

/** The target is written as `<host>/<path>`. */
type Calls = readonly (readonly [what: string, target: string, init: CallInit])[]

const get: CallInit = { credentials: 'include' }
const put: CallInit = { method: 'PUT', credentials: 'include' }
const bareGet: CallInit = { credentials: 'omit' }
const barePut: CallInit = { method: 'PUT', credentials: 'omit' }
const withHeader = (init: CallInit, name: string, value = '1'): CallInit => ({
  ...init,
  headers: { [name]: value },
})
const postJson = withHeader({ ...put, method: 'POST' }, 'content-type', 'application/json')

/** Chromium's verdict → calls to the pre-authenticated segment `api`. */
const guarded: Readonly<Record<string, Calls>> = {
  readable: [
    ['GET without a rule, allowed by the application', 'api/api/x?cors=code', get],
    ['everything that is listed', 'api/api/listed/deep?x=1', withHeader(put, 'X-Listed')],
    ['a header below a listed prefix', 'api/api/listed', withHeader(put, 'x-ms-date')],
    ['PUT where the rule has a star label', 'api/api/label', put],
    ['a method that nobody knows', 'api/api/any', { ...put, method: 'PURGE' }],
    ["the application's own rubbish, replaced", 'api/api/listed?cors=a, b', put],
    ['Authorization', 'api/api/any', withHeader(put, 'authorization', 'Basic Og==')],
    ['PUT without a session: the 401', 'api/api/anonymous', barePut],
    ['GET led on to where it is allowed', 'api/redirect?to={api}/api/any', get],
    ['PUT led on to where it is allowed', 'api/redirect?status=307&to={api}/api/any', put],
  ],
  PreflightMissingAllowOriginHeader: [
    ['PUT without a rule', 'api/api/x', put],
    ['a header without a rule', 'api/api/x', withHeader(get, 'x-a')],
    ['PUT without a rule, allowed by the application', 'api/api/x?cors=code', put],
    ['a path beside the resource of a rule', 'api/api/listedX', put],
    ['PUT where the rule is for others', 'api/api/theirs', put],
    ['PUT where the rule has near misses', 'api/api/near', put],
    ['a header beside a listed prefix', 'api/api/listed', withHeader(put, 'x-msdate')],
    ['a method that is not listed', 'api/api/listed', { ...put, method: 'DELETE' }],
    ['a method in lower case', 'api/api/listed', { ...put, method: 'patch' }],
    ['JSON that is not listed', 'api/api/listed', postJson],
    ['PUT led on to where nothing is', 'api/redirect?status=307&to={api}/api/x', put],
  ],
  MissingAllowOriginHeader: [
    ['GET without a rule', 'api/api/x', get],
    ['GET where the rule is for others', 'api/api/theirs', get],
    ['GET led on to where nothing is allowed', 'api/redirect?to={api}/api/x', get],
  ],
  InvalidAllowCredentials: [
    ['GET, half allowed by the application', 'api/api/x?cors={home}', get],
    ['GET with credentials to a rule without', 'api/api/anonymous', get],
  ],
  PreflightInvalidAllowCredentials: [
    ['PUT with credentials to a rule without', 'api/api/anonymous', put],
  ],
  WildcardOriginNotAllowed: [['GET, a star from the application', 'api/api/x?cors=*', get]],
  AllowOriginMismatch: [
    [
      'GET led on to another host, by then null',
      'api/redirect?to=https://open.contoso.localhost:{port}/api?cors={home}',
      get,
    ],
  ],
  RedirectContainsCredentials: [
    ['a password', 'api/redirect?to=https://a:b@api.contoso.localhost:{port}/api/any', get],
  ],
}

/** The same from a page whose origin is `null`. */
const sandboxed: Readonly<Record<string, Calls>> = {
  readable: [['PUT from null where null may', 'api/api/null', put]],
  PreflightMissingAllowOriginHeader: [
    ['PUT from null where others may', 'api/api/listed', put],
    ['PUT from null where any origin may', 'api/api/any', put],
  ],
  MissingAllowOriginHeader: [['GET from null where others may', 'api/api/label', get]],
}

/** The same for the passthrough application `open`, which answers preflights itself, mostly badly. */
const passthrough: Readonly<Record<string, Calls>> = {
  readable: [
    ['an application with CORS', 'open/api?cors=code', withHeader(put, 'x-a')],
    ['a star', 'open/api?cors=*', bareGet],
    ['503', 'open/status/503?cors=*', bareGet],
    ['a redirect with permission', 'open/redirect?cors=*&to=/api?cors=*', bareGet],
    ['stars', 'open/stars/api', withHeader(barePut, 'x-a')],
  ],
  PreflightMissingAllowOriginHeader: [['an application without CORS', 'open/api', barePut]],
  MissingAllowOriginHeader: [
    ['GET at an application without CORS', 'open/api', bareGet],
    ['a redirect without permission', 'open/redirect?to=/api', bareGet],
    ['a redirect to one without', 'open/redirect?cors=*&to=/api', bareGet],
  ],
  PreflightAllowOriginMismatch: [['another origin', 'open/api?cors=https://a.b', barePut]],
  AllowOriginMismatch: [
    ['another origin for GET', 'open/api?cors=https://a.b', bareGet],
    ['a slash too many', 'open/api?cors={home}/', bareGet],
    ['null', 'open/api?cors=null', bareGet],
  ],
  PreflightInvalidAllowOriginValue: [['a host for an origin', 'open/api?cors=home', barePut]],
  InvalidAllowOriginValue: [['an empty origin', 'open/api?cors=', bareGet]],
  PreflightMultipleAllowOriginValues: [['two', 'open/api?cors={home}, {api}', barePut]],
  MultipleAllowOriginValues: [['two for GET', 'open/api?cors={home} {api}', bareGet]],
  PreflightWildcardOriginNotAllowed: [['a star with credentials', 'open/api?cors=*', put]],
  PreflightInvalidAllowCredentials: [['no word on credentials', 'open/api?cors={home}', put]],
  InvalidAllowCredentials: [['a capital True', 'open/bad-credentials/api', get]],
  MethodDisallowedByPreflightResponse: [
    ['no word on methods', 'open/api?cors={home}', barePut],
    ['patch in lower case', 'open/api?cors=code', { ...put, method: 'patch' }],
    ['stars with credentials', 'open/stars/api', put],
  ],
  HeaderDisallowedByPreflightResponse: [
    ['no word on headers', 'open/api?cors={home}', withHeader(bareGet, 'x-a')],
    ['a star for headers with credentials', 'open/stars/api', withHeader(get, 'x-a')],
  ],
  InvalidAllowMethodsPreflightResponse: [['methods that are none', 'open/bad-methods/api', put]],
  InvalidAllowHeadersPreflightResponse: [
    ['headers that are none', 'open/bad-headers/api', withHeader(put, 'x-a')],
  ],
  PreflightInvalidStatus: [['503 for a preflight', 'open/status/503?cors=*', barePut]],
  PreflightDisallowedRedirect: [['a redirect', 'open/redirect?cors=*&to=/api', barePut]],
  CorsDisabledScheme: [['another scheme', 'open/redirect?cors=*&to=ftp://a.b/', bareGet]],
}

for (const [from, table] of [
  ['home', guarded],
  ['sandbox', sandboxed],
  ['home', passthrough],
] as const) {
  for (const [expected, calls] of Object.entries(table)) {
    for (const [what, target, init] of calls) {
      test(`Chromium and its model agree on ${what} (${target}): ${expected} [C8] [C15]`, () =>
        compare(pages[from], target, init, expected))
    }
  }
}

/** Chromium's own reason is the expected one, and the one src/cors/browser.ts gives for the real answers. */
async function compare(page: Page, target: string, init: CallInit, expected: string) {
  const url = cors.fill(`https://${target.replace('/', '.contoso.localhost:{port}/')}`)
  const seen = (await corsFailure(page, url, init)) ?? readable
  const call = {
    pageOrigin: await page.evaluate<string>('self.origin'),
    url,
    method: init.method ?? 'GET',
    headers: Object.entries(init.headers ?? {}).flat(),
    credentials: init.credentials ?? 'same-origin',
  }
  const predicted = await predictOutcome(client, call, (at) => cookieField(profile, at))
  const { corsError, failedParameter } = predicted.ok ? readable : predicted
  assert.deepEqual(seen, { corsError, failedParameter })
  assert.equal(corsError, expected)
}

const readable = { corsError: 'readable', failedParameter: '' }

const reasons = [
  ['no rule', '/api/x', {}, 'cors-no-rule', ' covers "/api/x", so "{home}" may not call it.'],
  ['the origin', '/api/theirs', {}, 'cors-origin-not-allowed', ' the origin "{home}".'],
  ['the null origin', '/api/any', { origin: 'null' }, 'cors-origin-not-allowed', ' origin "null".'],
  [
    'the method',
    '/api/listed',
    { 'access-control-request-method': 'DELETE' },
    'cors-method-not-allowed',
    ' the method "DELETE".',
  ],
  [
    'two headers',
    '/api/listed',
    { 'access-control-request-headers': 'x-a,x-b,x-ms-c' },
    'cors-header-not-allowed',
    ' the header "x-a", "x-b".',
  ],
] as const
for (const [what, resource, change, code, ending] of reasons) {
  test(`the 403 because of ${what} and the log name the rule and the reason [C8]`, async () => {
    const { origin } = new URL(world.home)
    const { origin: api, hostname } = new URL(world.api)
    const headers = { origin, 'access-control-request-method': 'PUT', ...change }
    const answer = await client.request(api + resource, { method: 'OPTIONS', headers })
    assert.equal(answer.status, 403)
    assert.ok(!Object.keys(answer.headers).some((name) => name.startsWith('access-control-')))

    const { error } = JSON.parse(answer.text) as { error: Record<string, string> }
    const { message = '', requestId = '' } = error
    assert.equal(error['code'], code)
    assert.ok(message.startsWith(await ruleName(resource)), message)
    assert.ok(message.endsWith(cors.fill(ending)), message)

    const logged = await logLine(world, 'edge', requestId)
    assert.partialDeepStrictEqual(logged, { requestId, host: hostname, code, reason: message })
  })
}

async function ruleName(resource: string): Promise<string> {
  const path = `/applications/${world.applicationId}/onPremisesPublishing/segmentsConfiguration`
  const configuration = (await world.graph.call('GET', path)) as Json
  const segments = configuration['applicationSegments'] as { corsConfigurations: Json[] }[]
  const rules = segments.flatMap((segment) => segment.corsConfigurations)
  const rule = rules.find((each) => each['resource'] === resource)
  return rule ? `The CORS rule for "${resource}" (${rule['id']}) ` : 'No CORS rule '
}
