import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { codeAt, stepAt } from '../../src/identity/local/one-time-codes.ts'
import type { Json } from '../../src/run/graph-client.ts'
import { accessibilityProblems, saveScreenshot } from '../browser.ts'
import { signInByForms } from '../form-sign-in.ts'
import { decodeEntities } from '../html-form.ts'
import { HttpClient, type TestRequest, type TestResponse } from '../http-client.ts'
import { fillSignIn, signIn, startWorld, type World } from '../world.ts'

// The promise of [S9] for changed policies.
const closeMaxMs = 5_000
const collection = '/identity/conditionalAccess'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world[Symbol.asyncDispose]())

interface Conditions {
  readonly locations?: Json
  readonly applications?: Json
}

/** A policy for everybody, that lasts as long as the test. */
async function enforce(
  displayName: string,
  control: 'block' | 'mfa' | undefined,
  change: Conditions & Json = {},
) {
  const { locations, ...rest } = change
  const made = await world.graph.call('POST', `${collection}/policies`, {
    displayName,
    state: 'enabled',
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
      ...(locations && { locations }),
    },
    ...(control && { grantControls: { operator: 'OR', builtInControls: [control] } }),
    ...rest,
  })
  const path = `${collection}/policies/${made?.['id']}`
  return {
    path,
    async [Symbol.asyncDispose]() {
      await world.graph.call('DELETE', path)
    },
  }
}

interface Called {
  readonly status: number
  readonly error: { readonly code: string; readonly because?: string; readonly message: string }
}

function callApi(page: Page): Promise<Called> {
  return page.evaluate(async (url) => {
    const answer = await fetch(url, { credentials: 'include' })
    const { error } = answer.ok ? { error: {} } : JSON.parse(await answer.text())
    return { status: answer.status, error }
  }, `${world.api}api/values`)
}

/** Resolves to the code with which a WebSocket to the other segment closes. */
async function openSocket(page: Page) {
  return page.evaluateHandle(async (api) => {
    const socket = new WebSocket(`${api.replace(/^http/, 'ws')}ws`)
    const closed = new Promise<number>((resolve) => {
      socket.onclose = ({ code }) => resolve(code)
    })
    await new Promise((resolve) => {
      socket.onopen = resolve
    })
    return { closed }
  }, world.api)
}

test('a policy that asks for a second factor closes what is open, and lets in whoever shows one [S8] [S9]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, world.home, world.alice)
  const socket = await openSocket(page)
  await using _ = await enforce('Two factors for all', 'mfa')
  const changed = performance.now()
  assert.equal(await socket.evaluate(({ closed }) => closed), 4401)
  const tookMs = performance.now() - changed
  assert.ok(tookMs < closeMaxMs, `${tookMs} ms`)

  const refused = await callApi(page)
  assert.equal(refused.status, 401)
  assert.equal(refused.error.code, 'signed-out')
  assert.equal(refused.error.because, 'mfa-required')

  await page.goto(`${world.home}?x=1#deep`)
  await page.getByRole('heading', { name: 'Set up a second step' }).waitFor()
  await saveScreenshot(page, 'policy-asks-for-second-factor')
  const secret = (await page.locator('code').first().innerText()).replaceAll(' ', '')
  await page
    .getByRole('textbox', { name: 'Code' })
    .fill(codeAt(fromBase32(secret), stepAt(Date.now())))
  await page.getByRole('button', { name: 'Set up the app' }).click()
  await page.getByRole('heading', { name: 'Keep these recovery codes' }).waitFor()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.waitForURL(`${world.home}?x=1#deep`)
  assert.equal((await callApi(page)).status, 200)
})

// RFC 4648 §6.
function fromBase32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...text].map((each) => alphabet.indexOf(each).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

test('a block by address names the policy to people and scripts, at every segment, and ends with the policy [S8]', async () => {
  const location = await world.graph.call('POST', `${collection}/namedLocations`, {
    '@odata.type': '#microsoft.graph.ipNamedLocation',
    displayName: 'This machine',
    ipRanges: [{ cidrAddress: '127.0.0.0/8' }, { cidrAddress: '::1/128' }],
  })
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, world.home, world.bob)
  const locations = { includeLocations: [location?.['id']] }
  {
    await using _ = await enforce('Not from this machine', 'block', { locations })
    const refused = await callApi(page)
    assert.equal(refused.status, 403)
    assert.equal(refused.error.code, 'blocked-by-policy')
    assert.match(refused.error.message, /“Not from this machine”/)
    for (const url of [world.home, world.api]) {
      await page.goto(url)
      await page.getByText('“Not from this machine” blocks access').waitFor()
    }
    await saveScreenshot(page, 'blocked-by-policy')
    assert.deepEqual(await accessibilityProblems(page), [])

    await using fresh = await world.profile()
    const other = await fresh.newPage()
    await other.goto(world.home)
    await fillSignIn(other, world.bob)
    await other.getByRole('heading', { name: 'You may not enter here' }).waitFor()
    await saveScreenshot(other, 'sign-in-blocked-by-policy')
    assert.deepEqual(await accessibilityProblems(other), [])
  }
  await page.goto(world.home)
  assert.equal((await callApi(page)).status, 200)
  await world.graph.call('DELETE', `${collection}/namedLocations/${location?.['id']}`)
})

test('report-only changes nothing; what if tells what it would have done [S8]', async () => {
  const state = 'enabledForReportingButNotEnforced'
  await using policy = await enforce('Nobody, one day', 'block', { state })
  await using client = new HttpClient({ ca: world.ca })
  assert.equal((await signInByForms(client, world.home, world.bob)).status, 200)
  const bob = await world.graph.call('GET', `/users/${world.bob.userPrincipalName}`)
  const application = await world.graph.call('GET', `/applications/${world.applicationId}`)
  const answer = await world.graph.call('POST', `${collection}/evaluate`, {
    signInIdentity: { '@odata.type': '#microsoft.graph.userSignIn', userId: bob?.['id'] },
    signInContext: {
      '@odata.type': '#microsoft.graph.applicationContext',
      includeApplications: [application?.['appId']],
    },
    signInConditions: {},
  })
  const [found] = (answer?.['value'] ?? []) as readonly Json[]
  assert.equal(found?.['policyApplies'], true)
  assert.ok(policy.path.endsWith(String(found?.['id'])))
})

const persistences = [
  ['always', false],
  ['never', true],
] as const
for (const [mode, byApplication] of persistences) {
  test(`“${mode}” about persistent sessions counts at the sign-in and at every host handed over, whatever the application says [S2] [S8]`, async () => {
    const application = `/applications/${world.applicationId}`
    const keep = (isPersistentCookieEnabled: boolean) =>
      world.graph.call('PATCH', application, {
        onPremisesPublishing: { isPersistentCookieEnabled },
      })
    await keep(byApplication)
    const asBefore = await persistentHosts()
    assert.deepEqual(asBefore, { home: byApplication, api: byApplication })
    const persistentBrowser = { mode, isEnabled: true }
    await using _ = await enforce('Sessions', undefined, { sessionControls: { persistentBrowser } })
    const isKept = mode === 'always'
    assert.deepEqual(await persistentHosts(), { home: isKept, api: isKept })
    await keep(false)
  })
}

/** Follows what pages say to browsers without script: the chain over the hosts. */
class ScriptlessClient extends HttpClient {
  override async navigate(address: string | URL, init?: TestRequest): Promise<TestResponse> {
    const page = await super.navigate(address, init)
    const next = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(page.text)?.[1]
    // Nobody clicked (Fetch Metadata §2.4).
    const headers = { 'sec-fetch-site': 'same-site', 'sec-fetch-user': '' }
    return next ? this.navigate(new URL(decodeEntities(next), page.url), { headers }) : page
  }
}

/** Signs in at one host without script; whether the browser keeps the session of each when it is closed. */
async function persistentHosts(): Promise<{ home: boolean; api: boolean }> {
  await using client = new ScriptlessClient({ ca: world.ca })
  await signInByForms(client, world.home, world.bob)
  const isKept = (host: string) => {
    const cookies = client.cookies.for(new URL(host))
    const session = cookies.find(({ value }) => value.length > 40)
    assert.ok(session, JSON.stringify(cookies))
    return session.expiresAt !== undefined
  }
  return { home: isKept(world.home), api: isKept(world.api) }
}
