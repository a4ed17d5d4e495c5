import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { Json } from '../../../src/run/graph-client.ts'
import type { CallInit } from '../../browser.ts'
import { HttpClient } from '../../http-client.ts'
import { callFrom } from '../../page-call.ts'
import { ProgrammableApplication } from '../../programmable-application.ts'
import { publish, signIn, startWorld, type World } from '../../world.ts'

// A call fails in Chromium; the doctor's option is sent as it stands, and it works; the change is rolled back, and it fails again.

const cleanUp = new AsyncDisposableStack()
let world: World
let client: HttpClient
let page: Page
/** The inner address of most of it. */
let server: string
/** By display name. */
const principals = new Map<string, string>()

const blank = '?h=Content-Type:text/html&body=<!doctype html>'

before(async () => {
  world = cleanUp.use(await startWorld())
  client = cleanUp.use(new HttpClient({ ca: world.ca }))
  const application = cleanUp.use(new ProgrammableApplication())
  const [one, two] = [await application.listen(), await application.listen()]
  server = `http://127.0.0.2:${two}/`
  await publishSuite(`http://127.0.0.2:${one}/`, server)
  const profile = await world.profile()
  page = await profile.newPage()
  await signIn(page, `${world.home}${blank}`, world.alice)
  for (const name of ['paused', 'off', 'private']) {
    await page.goto(`${world.external(name)}${blank}`)
    await page.waitForURL((url) => url.href.startsWith(world.external(name)))
  }
  await breakThem()
})
after(() => cleanUp.disposeAsync())

async function publishSuite(homeUrl: string, serverUrl: string): Promise<void> {
  const origin = new URL(world.home).origin
  const rule = { allowedOrigins: [origin], allowedMethods: ['PUT'], allowedHeaders: [] }
  await world.graph.call('PATCH', `/applications/${world.applicationId}/onPremisesPublishing`, {
    onPremisesApplicationSegments: [
      { externalUrl: world.home, internalUrl: homeUrl },
      {
        externalUrl: world.api,
        internalUrl: serverUrl,
        corsConfigurations: [
          { ...rule, resource: '/dry', mode: 'dryRun' },
          { ...rule, resource: '/listed' },
        ],
      },
    ],
  })
  for (const name of ['paused', 'off', 'private']) {
    await publish(world.graph, name, {
      externalUrl: world.external(name),
      internalUrl: `${serverUrl}${name}/`,
      corsConfigurations: [{ ...rule, resource: '/' }],
    })
  }
  for (const name of ['CORSWebClient', 'CORSWebService', 'linked']) {
    await publish(world.graph, name, {
      externalUrl: world.external(name.toLowerCase()),
      internalUrl: `${serverUrl}${name}/`,
      externalAuthenticationType: 'passthru',
    })
  }
}

/** One is put under maintenance, one is switched off, and one is for those only who are assigned. */
async function breakThem(): Promise<void> {
  const found = await world.graph.call('GET', '/servicePrincipals?$top=100')
  for (const { displayName, id } of (found?.['value'] ?? []) as Json[]) {
    principals.set(String(displayName), String(id))
  }
  const applications = (await world.graph.call('GET', '/applications?$top=100'))?.[
    'value'
  ] as Json[]
  const paused = applications.find(({ displayName }) => displayName === 'paused')
  await world.graph.call('PATCH', `/applications/${paused?.['id']}/onPremisesPublishing`, {
    isInMaintenance: true,
  })
  await change('off', { accountEnabled: false })
  await change('private', { appRoleAssignmentRequired: true })
}

function change(name: string, body: Json): Promise<Json | undefined> {
  return world.graph.call('PATCH', `/servicePrincipals/${principals.get(name)}`, body)
}

interface Option {
  readonly id: string
  readonly change: { readonly method: string; readonly path: string; readonly body: Json } | null
  readonly retry: { readonly pageUrl?: string; readonly targetUrl?: string } | null
}

interface Question {
  readonly pageUrl: string
  readonly targetUrl: string
  readonly userPrincipalName?: string
}

async function optionFor(question: Question, init: CallInit, id: string): Promise<Option> {
  const { method = 'GET', headers = {}, credentials = 'include' } = init
  const fields = Object.entries(headers).map(([name, value]) => ({ name, value }))
  const asked = { ...question, method, headers: fields, credentials }
  const answer = (await world.graph.call('POST', '/doctor/examine', asked)) as unknown as {
    readonly findings: readonly { readonly options: readonly Option[] }[]
  }
  const options = answer.findings.flatMap((finding) => finding.options)
  const option = options.find((each) => each.id === id)
  assert.ok(option, `${id} is none of ${options.map((each) => each.id)}`)
  return option
}

/** Sends a change of the doctor as it stands, and gives the revision that it made. */
async function send({ method, path, body }: NonNullable<Option['change']>): Promise<string> {
  const answer = await client.request(new URL(path, world.graphUrl), {
    method,
    headers: {
      authorization: `Bearer ${world.graphToken}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  })
  assert.ok(answer.status < 300, answer.text)
  return String(answer.headers['sallyport-revision'])
}

// Nobody has a session there as long as nobody may enter; whoever goes there gets one, or is told why not.
const closedBefore: ReadonlySet<string> = new Set(['new', 'off', 'private'])
let attempts = 0

/** Goes there, and waits for the end of a sign-in on the way: it goes on after a page has been loaded. */
async function land(visitor: Page, url: string): Promise<void> {
  await visitor.goto(url)
  const { origin } = new URL(url)
  await visitor.waitForURL((at) => at.origin === origin && !at.pathname.startsWith('/.sallyport/'))
}

/** The status that the page reads; 0: Chromium keeps the answer from it. Always another address, because browsers remember preflights. */
async function call(from: string, url: string, init: CallInit): Promise<number> {
  const [host = ''] = new URL(url).hostname.split('.')
  if (closedBefore.has(host)) {
    const visitor = await page.context().newPage()
    await land(visitor, url)
    await visitor.close()
  }
  if (new URL(page.url()).origin !== new URL(from).origin) await land(page, `${from}${blank}`)
  const target = new URL(url)
  target.searchParams.set('attempt', String(attempts++))
  return callFrom(page, target.href, init).then(
    ({ status }) => status,
    () => 0,
  )
}

const put: CallInit = { method: 'PUT', credentials: 'include' }
const get: CallInit = { credentials: 'include' }
const json = { ...put, headers: { 'content-type': 'application/json' } }

/** Option, page, address, how it is called; the status before and with the option. */
const cures: readonly (readonly [string, string, string, CallInit, number, number])[] = [
  ['cors-rule', 'home', 'api/none', json, 0, 200],
  ['cors-rule', 'home', 'api/listed', { ...put, method: 'DELETE' }, 0, 200],
  ['enforce-rule', 'home', 'api/dry', put, 0, 200],
  ['sibling-segments', 'home', 'api/none', put, 0, 200],
  ['response-headers', 'home', 'api/none', get, 0, 200],
  // Nothing answers at the address that it made up, and the page can read that.
  ['add-segment', 'home', 'new/x', get, 0, 502],
  ['end-maintenance', 'home', 'paused/x', put, 503, 200],
  ['enable-application', 'home', 'off/x', put, 403, 200],
  ['assign-person', 'home', 'private/x', put, 403, 200],
  ['cors-rule', 'corswebclient', 'corswebservice/api', json, 0, 200],
  ['response-headers', 'corswebclient', 'corswebservice/api', get, 0, 200],
  ['parent-directory', 'corswebclient', 'corswebservice/api', json, 0, 200],
  ['custom-domain', 'corswebclient', 'corswebservice/api', json, 0, 200],
]
for (const [id, from, target, init, before, after] of cures) {
  test(`${id} cures ${init.method ?? 'GET'} ${target} in Chromium, and its roll-back brings the failure back [D2] [G4]`, async () => {
    const [host = '', ...path] = target.split('/')
    const targetUrl = world.external(host) + path.join('/')
    const pageUrl = world.external(from)
    const who = id === 'assign-person' ? world.alice : undefined
    const named = who && { userPrincipalName: who.userPrincipalName }
    assert.equal(await call(pageUrl, targetUrl, init), before)

    const option = await optionFor({ pageUrl, targetUrl, ...named }, init, id)
    assert.ok(option.change)
    const revision = await send(option.change)
    const { retry } = option
    const status = await call(retry?.pageUrl ?? pageUrl, retry?.targetUrl ?? targetUrl, init)
    assert.equal(status, after)

    await world.graph.call('POST', `/revisions/${revision}/rollBack`, {})
    assert.equal(await call(pageUrl, targetUrl, init), before)
  })
}

test('translate-links cures a link to the internal address in Chromium, and its roll-back brings the failure back [D2] [F4]', async () => {
  const targetUrl = `${server}linked/x`
  const pageUrl = world.external('linked')
  const body = `<!doctype html><a href="${targetUrl}">x</a>`
  const followLink = async () => {
    await page.goto(`${pageUrl}?h=Content-Type:text/html&body=${encodeURIComponent(body)}`)
    const href = (await page.locator('a').getAttribute('href')) ?? ''
    return callFrom(page, href, get).then(
      ({ status }) => status,
      () => 0,
    )
  }
  assert.equal(await followLink(), 0)
  const option = await optionFor({ pageUrl, targetUrl }, get, 'translate-links')
  assert.ok(option.change)
  const revision = await send(option.change)
  assert.equal(await followLink(), 200)
  await world.graph.call('POST', `/revisions/${revision}/rollBack`, {})
  assert.equal(await followLink(), 0)
})
