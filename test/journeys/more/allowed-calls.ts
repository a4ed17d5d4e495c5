import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import type { App } from '../../../demos/contoso/app.ts'
import { startCorsWebService } from '../../../demos/contoso/web-service.ts'
import type { Json } from '../../../src/run/graph-client.ts'
import { type CallInit, corsFailure } from '../../browser.ts'
import { HttpClient } from '../../http-client.ts'
import { startOwnConnector } from '../../own-connector.ts'
import { callFrom, cookieField } from '../../page-call.ts'
import { publish, removeAssignments, signIn, startWorld, type World } from '../../world.ts'

let world: World
let service: App
let profile: BrowserContext
let page: Page
let client: HttpClient
let home: string

const any = { allowedMethods: ['*'], allowedHeaders: ['*'] }
const put: CallInit = { method: 'PUT', credentials: 'include', headers: { 'x-a': '1' } }
const fabrikam = 'https://portal.fabrikam.example'

before(async () => {
  world = await startWorld()
  home = new URL(world.home).origin
  service = await startCorsWebService({ port: 0 })
  await publishSegments()
  client = new HttpClient({ ca: world.ca })
  profile = await world.profile()
  page = await profile.newPage()
  await signIn(page, `${world.home}nothing`, world.alice)
})
after(async () => {
  await client?.[Symbol.asyncDispose]()
  await service?.close()
  await world?.[Symbol.asyncDispose]()
})

async function publishSegments(change: Json = {}): Promise<void> {
  const [sample] = world.demo.ready['applications'] as [{ segments: { internalUrl: string }[] }]
  const rules = [
    { ...any, resource: '/api', allowedOrigins: [`${home}/`, fabrikam], maxAgeInSeconds: 600 },
    { ...any, resource: '/api/fresh', allowedOrigins: [home] },
    { resource: '/api/plain', allowedOrigins: [home] },
    { resource: '/api/exposed', allowedOrigins: [home], exposedHeaders: ['X-Version'] },
    { ...any, resource: '/status', allowedOrigins: [home] },
  ]
  await world.graph.call('PATCH', `/applications/${world.applicationId}/onPremisesPublishing`, {
    onPremisesApplicationSegments: [
      { externalUrl: world.home, internalUrl: sample.segments[0]?.internalUrl },
      {
        externalUrl: world.api,
        internalUrl: `http://127.0.0.1:${service.port}/`,
        corsConfigurations: rules,
        responseHeaderRules: [
          { action: 'set', name: 'X-Version', value: '7' },
          { action: 'add', name: 'X-Other', value: '8' },
          { action: 'remove', name: 'Cache-Control' },
        ],
      },
      {
        externalUrl: world.external('down'),
        // Nothing has listened there for decades.
        internalUrl: 'http://127.0.0.1:1/',
        corsConfigurations: [{ ...any, resource: '/', allowedOrigins: [home] }],
      },
      { externalUrl: world.external('quiet'), internalUrl: `http://localhost:${service.port}/` },
    ],
    ...change,
  })
}

function preflight(url: string, origin: string, method = 'PUT', headers?: string) {
  return client.request(url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      ...(headers === undefined ? {} : { 'access-control-request-headers': headers }),
    },
  })
}

test('an allowed preflight gets 204 with everything a browser needs, and never reaches the application [C3] [C5] [C7]', async () => {
  const answer = await preflight(`${world.api}api/orders`, home, 'PATCH', 'x-a,content-type')
  assert.equal(answer.status, 204)
  assert.equal(answer.text, '')
  const { date: _, ...fields } = answer.headers
  assert.deepEqual(
    { ...fields },
    {
      'access-control-allow-origin': home,
      'access-control-allow-methods': 'PATCH',
      'access-control-allow-headers': 'x-a, content-type',
      'access-control-max-age': '600',
      'access-control-allow-credentials': 'true',
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      'cache-control': 'no-store',
    },
  )
  assert.ok(service.requests.every(({ method }) => method !== 'OPTIONS'))
})

test('OPTIONS without Access-Control-Request-Method is an ordinary request and needs a session [C2]', async () => {
  const signedOut = await client.request(`${world.api}api`, {
    method: 'OPTIONS',
    headers: { origin: home },
  })
  assert.equal(signedOut.status, 401)
  assert.equal(signedOut.headers['access-control-allow-origin'], home)
  const options = await callFrom(page, `${world.api}api`, { ...put, method: 'OPTIONS' })
  assert.equal(options.status, 200)
  assert.equal(service.requests.at(-1)?.method, 'OPTIONS')
})

test('safelisted methods and headers need no entry, others do [C6]', async () => {
  for (const method of ['GET', 'HEAD', 'POST']) {
    assert.equal((await preflight(`${world.api}api/plain`, home, method)).status, 204)
  }
  assert.equal((await preflight(`${world.api}api/plain`, home, 'PUT')).status, 403)
  assert.equal((await preflight(`${world.api}api/plain`, home, 'GET', 'x-a')).status, 403)
  const init = { credentials: 'include', headers: { accept: 'text/html' } } as const
  assert.equal((await callFrom(page, `${world.api}api/plain`, init)).status, 200)
})

test('the longest resource wins, on whole path segments [C4]', async () => {
  const allowed = async (path: string) => (await preflight(world.api + path, fabrikam)).status
  assert.equal(await allowed('api'), 204)
  assert.equal(await allowed('api/fresher'), 204)
  assert.equal(await allowed('api/fresh'), 403)
  assert.equal(await allowed('api/fresh/deeper?x=1'), 403)
  assert.equal(await allowed('apis'), 403)
})

for (const [path, origin] of [
  ['api?cors=code', 'home'],
  ['api?cors=*', 'home'],
  ['api?cors=https://a.b, https://c.d', 'fabrikam'],
] as const) {
  test(`of several origins the answer to ${path} names the one that asks, once [C9]`, async () => {
    const asking = origin === 'home' ? home : fabrikam
    const cookie = await cookieField(profile, world.api)
    const answer = await client.request(world.api + path, { headers: { origin: asking, cookie } })
    assert.equal(answer.status, 200)
    const names = answer.rawHeaders.filter((_, index) => index % 2 === 0)
    const allowing = names.filter((name) => name.toLowerCase() === 'access-control-allow-origin')
    assert.equal(allowing.length, 1)
    assert.equal(answer.headers['access-control-allow-origin'], asking)
    assert.equal(answer.headers['access-control-allow-credentials'], 'true')
    assert.match(String(answer.headers.vary), /\borigin\b/i)
  })
}

test('without a rule the fields of the application pass through as they are [C10]', async () => {
  const cookie = await cookieField(profile, world.external('quiet'))
  const url = `${world.external('quiet')}api?cors=https://a.b, *`
  const answer = await client.request(url, { headers: { origin: home, cookie } })
  assert.equal(answer.headers['access-control-allow-origin'], 'https://a.b, *')
  assert.equal(answer.headers['access-control-allow-credentials'], undefined)
})

test('exposed are the headers of the rule and no others; response-header rules need no change of the application [C9] [C14]', async () => {
  const answer = await callFrom(page, `${world.api}api/exposed`, { credentials: 'include' })
  assert.deepEqual(answer.fields, ['content-length', 'content-type', 'x-version'])
  const own = await profile.newPage()
  await own.goto(`${world.api}api/exposed`)
  const { fields } = await callFrom(own, `${world.api}api/exposed`, put)
  assert.ok(fields.includes('x-version') && fields.includes('x-other'))
  assert.ok(!fields.includes('cache-control'))
})

test('Chromium keeps a preflight for maxAgeInSeconds [C7]', async () => {
  const session = await profile.newCDPSession(page)
  await session.send('Network.enable')
  let preflights = 0
  session.on('Network.requestWillBeSent', ({ request }) => {
    if (request.method === 'OPTIONS') preflights += 1
  })
  for (const resource of ['api/kept', 'api/kept', 'api/kept', 'api/fresh', 'api/fresh']) {
    await callFrom(page, world.api + resource, put)
  }
  // Whatever was reported before this answer has been reported.
  await session.send('Network.disable')
  assert.equal(preflights, 1 + 2)
})

test('a script can read every answer of the edge itself: 401, 403, 502, and those of the application [C9]', async () => {
  await using other = await world.profile()
  const bobs = await other.newPage()
  await signIn(bobs, `${world.home}nothing`, world.bob)
  assert.equal((await callFrom(bobs, `${world.api}status/404`, put)).status, 404)
  assert.equal((await callFrom(bobs, `${world.api}status/500`, put)).status, 500)
  const refused = await callFrom(bobs, `${world.external('down')}x`, put)
  assert.deepEqual([refused.status, refused.code], [502, 'backend-refused'])
  // Taking an assignment away ends the session; a new one does not help.
  await removeAssignments(world.graph, world.bob)
  const ended = await callFrom(bobs, `${world.api}api`, put)
  assert.deepEqual([ended.status, ended.code], [401, 'signed-out'])
  await other.clearCookies()
  await signIn(await other.newPage(), world.home, world.bob)
  const notAssigned = await callFrom(bobs, `${world.api}api`, put)
  assert.deepEqual([notAssigned.status, notAssigned.code], [403, 'not-assigned'])
})

test('siblings may call each other without a rule once allowSiblingSegments is set, strangers may not [C12]', async () => {
  const quiet = `${world.external('quiet')}api`
  assert.match((await corsFailure(page, quiet, put))?.corsError ?? '', /^PreflightMissing/)
  await publishSegments({ allowSiblingSegments: true })
  const { status, fields } = await callFrom(page, quiet, put)
  assert.equal(status, 200)
  assert.ok(fields.includes('date'), 'a sibling reads all fields')
  assert.equal((await preflight(quiet, fabrikam)).status, 403)
  await publishSegments({ allowSiblingSegments: false })
  assert.equal((await preflight(quiet, home)).status, 403)
  // Chromium still keeps the preflight from before, so it notices by the call itself.
  assert.equal((await corsFailure(page, quiet, put))?.corsError, 'MissingAllowOriginHeader')
})

test('rules stand on wildcard applications too [C11]', async () => {
  await publish(world.graph, 'Wild', {
    externalUrl: `https://*.fabrikam.localhost:${world.port}/`,
    internalUrl: 'http://*.fabrikam.test/',
    corsConfigurations: [{ ...any, resource: '/v1', allowedOrigins: [home] }],
  })
  const url = `https://one.fabrikam.localhost:${world.port}/`
  assert.equal((await preflight(`${url}v1/x`, home)).status, 204)
  assert.equal((await preflight(`${url}v2/x`, home)).status, 403)
})

test('with its connector killed a regular application still answers preflights, and calls get a 503 that a script can read [C3] [C9] [C11]', async () => {
  const url = world.external('fragile')
  const id = await publish(world.graph, 'Fragile', {
    externalUrl: url,
    internalUrl: `http://127.0.0.1:${service.port}/`,
    corsConfigurations: [{ ...any, resource: '/', allowedOrigins: [home] }],
  })
  await using connector = await startOwnConnector(world, id)
  const tab = await profile.newPage()
  await tab.goto(`${url}api`)
  assert.equal((await callFrom(page, `${url}api`, put)).status, 200)

  await connector.kill()
  const allowed = await preflight(`${url}api`, home)
  assert.deepEqual([allowed.status, allowed.headers['access-control-allow-origin']], [204, home])
  const { status, code } = await callFrom(page, `${url}api`, put)
  assert.deepEqual([status, code], [503, 'no-connector'])
})
