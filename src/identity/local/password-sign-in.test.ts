import assert from 'node:assert/strict'
import { argon2Sync } from 'node:crypto'
import { after, afterEach, before, test } from 'node:test'
import { processorMsOf } from '../../../test/processor-time.ts'
import type { Shown } from '../fixture-browser.ts'
import { alice, password, startWorld, type World } from '../fixture-world.ts'
import { ProviderClient } from '../provider/fixture-provider-client.ts'

let world: World
before(async () => {
  world = await startWorld({ shop: ['home'] })
})
after(() => world[Symbol.asyncDispose]())
afterEach(() => {
  world.local.authenticators.mustChange.clear()
  world.clock.aheadMs += 3_600_000 // failures of the test before are forgiven
})

const client = new ProviderClient(() => world)
const name = { username: alice.name }

async function afterPassword() {
  const browser = world.browser()
  const form = await browser.open(client.authorizationUrl())
  return { browser, shown: await client.send(browser, form, { ...name, password }) }
}

test('a password that was only lent is changed at the sign-in, to another and a good one [S11]', async () => {
  const row = world.people.rows.get(alice.id)
  assert.ok(row)
  world.local.authenticators.mustChange.add(alice.id)
  const { browser, shown } = await afterPassword()
  assert.match(shown.body, /Choose a new password/)
  const choose = (chosen: string, again = chosen) =>
    client.send(browser, shown, { step: 'new-password', new: chosen, again })
  for (const [chosen, again, says] of [
    ['short', 'short', /at least 12/],
    ['Password12345', 'Password12345', /common words/],
    ['a whole new sentence', 'a whole old sentence', /not the same/],
    [password, password, /must be another one/],
  ] as const) {
    const refused = await choose(chosen, again)
    assert.equal(refused.status, 422)
    assert.match(refused.body, says)
  }
  assert.ok((await choose('a whole new sentence')).callback)
  const old = await afterPassword()
  assert.equal(old.shown.status, 422)
  world.people.rows.set(alice.id, row)
})

test('nobody learns who has an account: the same words, and the same work, for a name that is nobody’s [S11]', async () => {
  const answers = new Map<string, string>()
  const times = new Map<string, number[]>()
  for (let round = 0; round < 5; round++) {
    for (const who of [alice.name, 'nobody@contoso.test']) {
      const browser = world.browser()
      const form = await browser.open(client.authorizationUrl())
      const tookMs = await processorMsOf(async () => {
        const shown = await client.send(browser, form, { username: who, password: 'wrong one' })
        answers.set(who, withoutChance(shown, who))
      })
      times.set(who, [...(times.get(who) ?? []), tookMs])
    }
  }
  const [one, two] = [...answers.values()]
  assert.equal(one, two)
  const [known = 0, unknown = 0] = [...times.values()].map((each) => Math.min(...each))
  assert.ok(known / unknown < 3 && unknown / known < 3, `${known} ms and ${unknown} ms`)
})

function withoutChance({ status, body }: Shown, who: string): string {
  return `${status} ${body.replaceAll(who, 'somebody').replace(/"challenge":"[^"]+"/, '')}`
}

test('whoever is in the middle of a sign-in when the password is changed starts anew [S9] [S11]', async () => {
  const row = world.people.rows.get(alice.id)
  assert.ok(row)
  const { authenticators } = world.local
  authenticators.mustChange.add(alice.id)
  const { browser, shown } = await afterPassword()
  assert.match(shown.body, /Choose a new password/)
  world.clock.aheadMs += 1_000
  await authenticators.setPassword(alice.id, 'what the owner chose')
  authenticators.mustChange.add(alice.id)
  const fields = { step: 'new-password', new: 'what a thief chose', again: 'what a thief chose' }
  const late = await client.send(browser, shown, fields)
  assert.match(late.body, /<input id="password"/)
  const right = { ...name, password: 'what the owner chose' }
  const owner = world.browser()
  const form = await owner.open(client.authorizationUrl())
  assert.match((await client.send(owner, form, right)).body, /Choose a new password/)
  world.people.rows.set(alice.id, row)
})

test('whoever set a password before the clock was put right, and back, can sign in with it [S11]', async () => {
  const row = world.people.rows.get(alice.id)
  assert.ok(row)
  const { authenticators } = world.local
  await authenticators.setPassword(alice.id, password)
  world.clock.aheadMs -= 3_000_000
  assert.ok((await afterPassword()).shown.callback)
  world.clock.aheadMs += 3_000_000
  world.people.rows.set(alice.id, row)
})

test('a verifier of other costs, such as an imported one, is made anew at the first sign-in [S11]', async () => {
  const row = world.people.rows.get(alice.id)
  assert.ok(row)
  const nonce = Buffer.from('somesaltsomesalt')
  const cost = { memory: 64, passes: 3, parallelism: 1 }
  const tag = argon2Sync('argon2id', { ...cost, nonce, message: password, tagLength: 32 })
  const [salt, hash] = [nonce, tag].map((bytes) => bytes.toString('base64').replaceAll('=', ''))
  const imported = `$argon2id$v=19$m=64,t=3,p=1$${salt}$${hash}`
  world.people.rows.set(alice.id, { ...row, password: imported })
  assert.ok((await afterPassword()).shown.callback)
  assert.match(world.people.rows.get(alice.id)?.password ?? '', /^\$argon2id\$v=19\$m=19456,t=2/)
  assert.ok((await afterPassword()).shown.callback)
  world.people.rows.set(alice.id, row)
})

test('guesses are counted for the account, however its name is written; the owner’s browser stays free [S11]', async () => {
  const own = await afterPassword()
  assert.ok(own.shown.callback)
  const stranger = world.browser()
  const form = await stranger.open(client.authorizationUrl())
  const spellings = [alice.name, 'ALICE@contoso.test', ' alice@CONTOSO.test ', 'Alice@Contoso.TEST']
  const guesses = Array.from({ length: 10 }, (_, i) => ({
    username: spellings[i % spellings.length] ?? '',
    password: `guess ${i}`,
  }))
  for (const guess of guesses) assert.equal((await client.send(stranger, form, guess)).status, 422)
  assert.equal((await client.send(stranger, form, { ...name, password })).status, 429)
  const again = await own.browser.open(client.authorizationUrl({ prompt: 'login' }))
  assert.ok((await client.send(own.browser, again, { ...name, password })).callback)
})

test('a session that somebody planted before the sign-in is not the one after it [S11]', async () => {
  const browser = world.browser()
  const cookieOf = () =>
    browser.cookies
      .get(new URL(world.origin('login')).hostname)
      ?.find((cookie) => cookie.name === '__Host-sallyport-login')?.value
  await client.signIn(browser)
  const before = cookieOf()
  assert.ok(before)
  const form = await browser.open(client.authorizationUrl({ prompt: 'login' }))
  await client.send(browser, form, { ...name, password })
  assert.notEqual(cookieOf(), before)
})

test('a login that the browser has not come back with names its person, and the time that it was made [S9] [S11]', async () => {
  const browser = world.browser()
  const form = await browser.open(client.authorizationUrl())
  const body = new URLSearchParams({ ...name, password }).toString()
  const at = world.clock.aheadMs
  const before = Math.floor((Date.now() + at) / 1000)
  const done = await browser.go(form.url, { method: 'POST', body, follow: 0 })
  const id = new URL(form.url).pathname.split('/').at(-1) ?? ''
  // What ends a person's sign-ins finds it by this (directory/provider-records.ts).
  const kept = await world.records.find('Interaction', id)
  assert.ok(kept)
  const { login } = kept['result'] as { login: { accountId: string; ts: number } }
  assert.equal(login.accountId, alice.id)
  assert.ok(login.ts >= before && login.ts <= (Date.now() + at) / 1000)
  await world.records.destroy('Interaction', id)
  const resumed = await browser.go(new URL(String(done.headers['location']), form.url).href)
  assert.equal(resumed.status, 400)
})
