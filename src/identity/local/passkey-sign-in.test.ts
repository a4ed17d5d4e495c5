import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, afterEach, before, test } from 'node:test'
import { decodeJwt } from 'jose'
import { multiFactor } from '../authentication-context.ts'
import type { Shown, TestBrowser } from '../fixture-browser.ts'
import { alice, password, startWorld, type World } from '../fixture-world.ts'
import { ProviderClient } from '../provider/fixture-provider-client.ts'
import { TestDevice } from './fixture-device.ts'

let world: World
let device: TestDevice
const bob = { id: 'b0b00000-0000-4000-8000-000000000002', name: 'bob@contoso.test' }
before(async () => {
  world = await startWorld({ shop: ['home'] })
  const row = world.people.rows.get(alice.id)
  assert.ok(row)
  world.people.rows.set(bob.id, { ...row, id: bob.id, userPrincipalName: bob.name })
})
after(() => world[Symbol.asyncDispose]())

const client = new ProviderClient(() => world)

async function give(personId: string): Promise<TestDevice> {
  const origin = world.origin('login')
  const made = new TestDevice({ origin, host: new URL(origin).hostname })
  await world.local.authenticators.addPasskey({
    ...{ id: made.id, personId, name: 'key', publicKey: made.publicKey, counter: 0 },
    ...{ transports: [], backedUp: false, createdAt: 0, lastUsedAt: undefined },
  })
  return made
}

afterEach(() => {
  world.local.authenticators.passkeys.clear()
  world.local.events.length = 0
  world.clock.aheadMs += 3_600_000
})

function challengeIn({ body }: Shown): string {
  return /"challenge":"([\w-]+)"/.exec(body)?.[1] ?? ''
}

async function atForm(change = {}): Promise<{ browser: TestBrowser; form: Shown }> {
  const browser = world.browser()
  return { browser, form: await browser.open(client.authorizationUrl(change)) }
}

function send(browser: TestBrowser, form: Shown, response: string) {
  return client.send(browser, form, { step: 'passkey', response })
}

test('a passkey is a whole sign-in, and the ID token says what it was [S11] [S8]', async () => {
  device = await give(alice.id)
  const { browser, form } = await atForm({ acr_values: multiFactor })
  const { callback } = await send(browser, form, device.get(challengeIn(form), alice.id))
  const claims = decodeJwt((await client.redeem(callback ?? '')).id_token)
  assert.equal(claims.sub, alice.id)
  assert.deepEqual(claims['amr'], ['pop', 'user', 'mfa'])
  assert.equal(claims['acr'], multiFactor)
})

const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
for (const [what, lies] of [
  ['made for another origin', { origin: 'https://login.contoso.evil' }],
  ['made on a sibling host', { origin: 'https://home.contoso.localhost' }],
  ['of another host', { host: 'contoso.evil' }],
  ['for another challenge', { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
  ['without a check of who is there', { verified: false }],
  ['with nobody there', { present: false, verified: false }],
  ['made for a registration', { type: 'webauthn.create' }],
  ['signed by another key', { signedBy: stranger }],
  ['that says it is somebody else’s', { userHandle: bob.id }],
  ['that nobody registered', { id: 'AAAAAAAAAAAAAAAAAAAAAA' }],
] as const) {
  test(`a passkey ${what} opens nothing [S11]`, async () => {
    device = await give(alice.id)
    const { browser, form } = await atForm()
    const shown = await send(browser, form, device.get(challengeIn(form), alice.id, lies))
    assert.equal(shown.callback, undefined)
    assert.equal(shown.status, 422)
    assert.equal(world.local.events.at(-1)?.reason, 'passkey-refused')
  })
}

test('what a passkey answered to one sign-in is worthless at another [S11]', async () => {
  device = await give(alice.id)
  const first = await atForm()
  const answer = device.get(challengeIn(first.form), alice.id)
  assert.ok((await send(first.browser, first.form, answer)).callback)
  const second = await atForm()
  assert.equal((await send(second.browser, second.form, answer)).status, 422)
  const again = await first.browser.open(client.authorizationUrl({ prompt: 'login' }))
  assert.equal((await send(first.browser, again, answer)).status, 422)
})

test('a passkey whose counter went back may have been copied, and is refused [S11]', async () => {
  device = await give(alice.id)
  for (const [counter, lets] of [
    [7, true],
    [7, false],
    [6, false],
    [8, true],
  ] as const) {
    const { browser, form } = await atForm()
    const answer = device.get(challengeIn(form), alice.id, { counter })
    assert.equal((await send(browser, form, answer)).callback !== undefined, lets, `${counter}`)
  }
})

test('a second factor is of the person whose password was right, and of nobody else [S11]', async () => {
  device = await give(alice.id)
  const ofBob = await give(bob.id)
  const { browser, form } = await atForm({ acr_values: multiFactor })
  const second = await client.send(browser, form, { username: alice.name, password })
  assert.match(second.body, /One more step/)
  assert.ok(second.body.includes(device.id) && !second.body.includes(ofBob.id))
  const wrong = await send(browser, second, ofBob.get(challengeIn(second), bob.id))
  assert.equal(wrong.status, 422)
  assert.ok((await send(browser, wrong, device.get(challengeIn(wrong), alice.id))).callback)
})

test('a disabled person’s passkey opens nothing [S9] [S11]', async () => {
  device = await give(alice.id)
  const row = world.people.rows.get(alice.id)
  assert.ok(row)
  world.people.rows.set(alice.id, { ...row, enabled: false })
  const { browser, form } = await atForm()
  const shown = await send(browser, form, device.get(challengeIn(form), alice.id))
  world.people.rows.set(alice.id, row)
  assert.equal(shown.status, 403)
})

test('whoever is asked for two factors and has one may register a passkey there [S8] [S11]', async () => {
  const { browser, form } = await atForm({ acr_values: multiFactor })
  const enrol = await client.send(browser, form, { username: alice.name, password })
  assert.match(enrol.body, /Create a passkey/)
  const origin = world.origin('login')
  const made = new TestDevice({ origin, host: new URL(origin).hostname })
  const unverified = made.create(challengeIn(enrol), { verified: false })
  assert.equal((await send(browser, enrol, unverified)).status, 422)
  const elsewhere = made.create(challengeIn(enrol), { origin: 'https://evil.test' })
  assert.equal((await send(browser, enrol, elsewhere)).status, 422)
  const { callback } = await send(browser, enrol, made.create(challengeIn(enrol)))
  const claims = decodeJwt((await client.redeem(callback ?? '')).id_token)
  assert.deepEqual(claims['amr'], ['pwd', 'pop', 'user', 'mfa'])
  assert.equal(world.local.authenticators.passkeys.get(made.id)?.personId, alice.id)
})
