import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, mock, test } from 'node:test'
import type { TestBrowser } from '../identity/fixture-browser.ts'
import {
  alice,
  atLogin,
  password,
  startWorld,
  stopAtCallback,
  type World,
} from '../identity/fixture-world.ts'
import { codeAt, stepAt } from '../identity/local/one-time-codes.ts'
import { codeSecretUse } from '../identity/local/second-step.ts'
import { SecretVault } from '../identity/local/vault.ts'
import type { AccessPolicy } from '../policy/access-policy.ts'
import { type ConditionalAccess, compileConditionalAccess } from '../policy/compile.ts'
import { type PolicyChange, samplePolicy, sources } from '../policy/sample.ts'
import { AccessJudge } from './access-judge.ts'

let world: World
let home: string
let access: ConditionalAccess
before(async () => {
  // The edge, the provider and the tokens of one and the other go by one clock.
  mock.timers.enable({ apis: ['Date'], now: Date.now() })
  world = await startWorld(
    { shop: ['home'], mail: ['mail'] },
    (clock) =>
      new AccessJudge({
        clock,
        trustedProxies: undefined,
        countryOf: () => undefined,
        current: () => access,
      }),
  )
  home = `${world.origin('home')}/`
})
after(async () => {
  mock.timers.reset()
  await world[Symbol.asyncDispose]()
})
beforeEach(() => {
  enforce()
  mock.timers.tick(60_000) // codes of the test before are used up
})

// The applications of the world, by their order there.
const applications = [0, 1].map((i) => ({
  id: `0000000${i}-0000-4000-8000-00000000000a`,
  appId: `c0ffee0${i}-0000-4000-8000-00000000000b`,
}))

function enforce(...changes: readonly PolicyChange[]): void {
  const policies: readonly AccessPolicy[] = changes.map((change) => samplePolicy(change))
  access = compileConditionalAccess({ ...sources, policies }, applications)
}

const hourly = { grant: undefined, session: { maxAge: { unit: 'hours', count: 1 } } } as const
const everyTime = { grant: undefined, session: { maxAge: 'everyTime' } } as const
const block = { grant: { operator: 'OR', controls: ['block'] } } as const

const secret = Buffer.from('12345678901234567890')

async function giveApp(): Promise<void> {
  const vault = new SecretVault(world.local.secretKey, Date.now)
  const sealedSecret = vault.seal(codeSecretUse(alice.id), secret)
  const app = { id: randomUUID(), sealedSecret, lastStep: 0, createdAt: 0 }
  await world.local.authenticators.setCodeApp(alice.id, app, [])
}

function sendCode(browser: TestBrowser, url: string) {
  const code = codeAt(secret, stepAt(Date.now()))
  const body = new URLSearchParams({ step: 'code', code }).toString()
  return browser.open(url, { method: 'POST', body })
}

async function signedIn(): Promise<TestBrowser> {
  const { browser, form } = await atLogin(world, home)
  const shown = await browser.signIn(form, alice.name, password)
  assert.equal(shown.body, `${alice.name} at /`)
  return browser
}

test('somebody without a second factor is led to set one up before the first page [S8]', async () => {
  enforce({})
  const { browser, form } = await atLogin(world, home)
  const shown = await browser.signIn(form, alice.name, password)
  assert.match(shown.body, /Set up a second step/)
  assert.equal(world.store.rows.size, 0)
})

test('a policy that comes later asks for the second factor only, and then lets in [S8]', async () => {
  const browser = await signedIn()
  await giveApp()
  enforce({})
  const asked = await browser.open(`${home}deep?x=1#y`)
  assert.match(asked.body, /Enter the code/)
  assert.doesNotMatch(asked.body, /current-password/)
  const shown = await sendCode(browser, asked.url)
  assert.equal(shown.body, `${alice.name} at /deep`)
  assert.equal(shown.url, `${home}deep?x=1#y`)
  // The next application takes the same proof.
  const mail = await browser.open(`${world.origin('mail')}/`)
  assert.equal(mail.body, `${alice.name} at /`)
})

test('a link to sign in, as a script is given it, asks for the factor that is missing [S8] [S5]', async () => {
  world.local.authenticators.apps.clear()
  const browser = await signedIn()
  await giveApp()
  enforce({})
  const told = await browser.send(`${home}.sallyport/session`)
  assert.equal(told.status, 401)
  assert.equal(JSON.parse(told.body).because, 'mfa-required')
  const asked = await browser.open(`${home}.sallyport/sign-in?return=/after`)
  assert.match(asked.body, /Enter the code/)
  const shown = await sendCode(browser, asked.url)
  assert.equal(shown.body, `${alice.name} at /after`)
  assert.equal((await browser.send(`${home}.sallyport/session`)).status, 200)
})

test('whoever takes the demand out of the address gets a page that says so, and no session [S8]', async () => {
  world.local.authenticators.apps.clear()
  const browser = await signedIn()
  enforce({})
  const sessions = world.store.rows.size
  const way = await browser.go(home, { follow: 0 })
  const start = await browser.go(`${way.headers['location']}&fragment=`, { follow: 0 })
  const request = new URL(String(start.headers['location']))
  assert.equal(request.searchParams.get('acr_values'), 'https://refeds.org/profile/mfa')
  request.searchParams.delete('acr_values')
  const shown = await browser.open(request.href)
  assert.equal(shown.status, 403)
  assert.match(shown.body, /Second factor for all.*did not ask you for one/s)
  assert.equal(world.store.rows.size, sessions)
})

test('a sign-in that gets too old has to be made anew, and then holds for as long [S8]', async () => {
  world.local.authenticators.apps.clear()
  enforce(hourly)
  const browser = await signedIn()
  mock.timers.tick(59 * 60_000)
  assert.equal((await browser.open(home)).body, `${alice.name} at /`)
  mock.timers.tick(60_000)
  const asked = await browser.open(home)
  assert.match(asked.body, /current-password/)
  const shown = await browser.signIn(asked, alice.name, password)
  assert.equal(shown.body, `${alice.name} at /`)
  mock.timers.tick(59 * 60_000)
  assert.equal((await browser.open(home)).body, `${alice.name} at /`)
})

test('every time: a new session needs a new sign-in, unless the last one was minutes ago [S8]', async () => {
  world.local.authenticators.apps.clear()
  enforce(everyTime)
  const browser = await signedIn()
  assert.equal((await browser.open(`${world.origin('mail')}/`)).body, `${alice.name} at /`)
  await world.sessions.end({ applicationId: applications[1]?.id ?? '' })
  mock.timers.tick(6 * 60_000)
  assert.equal((await browser.open(home)).body, `${alice.name} at /`, 'a session goes on')
  const asked = await browser.open(`${world.origin('mail')}/`)
  assert.match(asked.body, /current-password/)
  const shown = await browser.signIn(asked, alice.name, password)
  assert.equal(shown.body, `${alice.name} at /`)
})

test('somebody whom a policy blocks gets a page that names it, and no session [S8]', async () => {
  world.local.authenticators.apps.clear()
  enforce({ ...block, displayName: 'Nobody <at> night' })
  const sessions = world.store.rows.size
  const { browser, form } = await atLogin(world, home)
  const shown = await browser.signIn(form, alice.name, password)
  assert.equal(shown.status, 403)
  assert.match(shown.body, /Nobody &lt;at&gt; night/)
  assert.equal(world.store.rows.size, sessions)
  enforce()
  assert.equal((await browser.open(home)).body, `${alice.name} at /`)
})

test('policies say whether the session outlives the browser, at every host [S8]', async () => {
  world.local.authenticators.apps.clear()
  const kept = async () => {
    const { browser, callback } = await stopAtCallback(world, home)
    const { headers } = await browser.go(callback, { follow: 0 })
    const cookies = [headers['set-cookie'] ?? []].flat()
    return /max-age=(?!0)\d+/i.test(cookies.find((each) => !/bind|landed/.test(each)) ?? '')
  }
  assert.equal(await kept(), false)
  enforce({ grant: undefined, session: { persistentBrowser: 'always' } })
  assert.equal(await kept(), true)
})

test('a policy in report-only changes nothing [S8]', async () => {
  world.local.authenticators.apps.clear()
  enforce({ ...block, state: 'reportOnly' }, { ...hourly, state: 'reportOnly' })
  const browser = await signedIn()
  mock.timers.tick(50 * 60_000)
  assert.equal((await browser.open(home)).body, `${alice.name} at /`)
})
