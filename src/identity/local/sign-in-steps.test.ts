import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, afterEach, before, test } from 'node:test'
import { decodeJwt } from 'jose'
import { multiFactor, singleFactor } from '../authentication-context.ts'
import type { Shown } from '../fixture-browser.ts'
import { alice, password, startWorld, type World } from '../fixture-world.ts'
import { ProviderClient } from '../provider/fixture-provider-client.ts'
import { codeAt, stepAt } from './one-time-codes.ts'
import { temporaryPassUse } from './password-check.ts'
import { codeSecretUse, recoveryUse } from './second-step.ts'
import { createRecoveryCodes, SecretVault } from './vault.ts'

let world: World
let vault: SecretVault
before(async () => {
  world = await startWorld({ shop: ['home'] })
  vault = new SecretVault(world.local.secretKey, Date.now)
})
after(() => world[Symbol.asyncDispose]())
afterEach(() => {
  const { authenticators, events } = world.local
  for (const kept of [authenticators.apps, authenticators.passes, authenticators.mustChange])
    kept.clear()
  authenticators.recoveryHashes.clear()
  events.length = 0
  world.clock.aheadMs += 3_600_000 // failures of the test before are forgiven
})

const client = new ProviderClient(() => world)
const secret = Buffer.from('12345678901234567890')
const name = { username: alice.name }

/** Alice has an app for codes; gives its recovery codes. */
async function giveApp(): Promise<readonly string[]> {
  const codes = createRecoveryCodes()
  await world.local.authenticators.setCodeApp(
    alice.id,
    {
      id: randomUUID(),
      sealedSecret: vault.seal(codeSecretUse(alice.id), secret),
      lastStep: 0,
      createdAt: 0,
    },
    codes.map((code) => vault.hash(recoveryUse, code)),
  )
  return codes
}

/** What the app shows now, or some steps later. */
function code(steps = 0): string {
  return codeAt(secret, stepAt(Date.now() + world.clock.aheadMs) + steps)
}

function wrongCode(): string {
  const near = [-1, 0, 1].map(code)
  return ['000000', '111111', '222222', '333333'].find((each) => !near.includes(each)) ?? ''
}

async function claimsOf(callback: string | undefined) {
  return decodeJwt((await client.redeem(callback ?? '')).id_token)
}

function reasons(): readonly string[] {
  return world.local.events.map(({ reason }) => reason)
}

async function afterPassword(change = {}) {
  const browser = world.browser()
  const form = await browser.open(client.authorizationUrl(change))
  return { browser, shown: await client.send(browser, form, { ...name, password }) }
}

test('whoever has an app for codes is asked for one after the password, and the ID token says both [S11] [S8]', async () => {
  await giveApp()
  const { browser, shown } = await afterPassword()
  assert.match(shown.body, /One more step/)
  assert.equal(shown.callback, undefined)
  const wrong = await client.send(browser, shown, { step: 'code', code: wrongCode() })
  assert.equal(wrong.status, 422)
  const { callback } = await client.send(browser, shown, { step: 'code', code: code() })
  const claims = await claimsOf(callback)
  assert.deepEqual(claims['amr'], ['pwd', 'otp', 'mfa'])
  assert.equal(claims['acr'], multiFactor)
  assert.deepEqual(reasons(), ['second-factor-needed', 'wrong-code', 'signed-in'])
  assert.doesNotMatch(JSON.stringify(world.local.events), /correct horse|"\d{6}"/)
})

test('a code counts once: whoever saw it typed comes too late [S11]', async () => {
  await giveApp()
  const first = await afterPassword()
  const second = await afterPassword()
  const seen = code()
  const fields = { step: 'code', code: seen }
  assert.ok((await client.send(first.browser, first.shown, fields)).callback)
  const replayed = await client.send(second.browser, second.shown, fields)
  assert.equal(replayed.status, 422)
  assert.equal(reasons().at(-1), 'used-code')
  const before = await client.send(second.browser, second.shown, { step: 'code', code: code(-1) })
  assert.equal(before.status, 422, 'nor does an earlier one')
  assert.ok(
    (await client.send(second.browser, second.shown, { step: 'code', code: code(1) })).callback,
  )
})

test('two at once with one code: one of them is in [S11]', async () => {
  await giveApp()
  const both = await Promise.all([afterPassword(), afterPassword()])
  const typed = { step: 'code', code: code() }
  const answers = await Promise.all(
    both.map(({ browser, shown }) => client.send(browser, shown, typed)),
  )
  assert.equal(answers.filter(({ callback }) => callback).length, 1)
})

test('the sixth wrong code has to wait, and so does the right one [S11]', async () => {
  const codes = await giveApp()
  const { browser, shown } = await afterPassword()
  for (let i = 0; i < 5; i++) {
    const recovery = i % 2 === 0
    const fields = { step: recovery ? 'recovery' : 'code', code: recovery ? 'AAAA' : wrongCode() }
    assert.equal((await client.send(browser, shown, fields)).status, 422)
  }
  const blocked = await client.send(browser, shown, { step: 'code', code: code() })
  assert.equal(blocked.status, 429)
  assert.ok(Number(blocked.headers['retry-after']) > 600)
  const other = await client.send(browser, shown, { step: 'recovery', code: codes[0] ?? '' })
  assert.equal(other.status, 429)
})

test('a recovery code lets in once, however it is typed, and stands for the second factor [S11]', async () => {
  const [first = ''] = await giveApp()
  const { browser, shown } = await afterPassword()
  const typed = first.toLowerCase().replaceAll('-', ' ')
  const { callback } = await client.send(browser, shown, { step: 'recovery', code: typed })
  assert.deepEqual((await claimsOf(callback))['amr'], ['pwd', 'recovery', 'mfa'])
  const again = await afterPassword()
  const used = await client.send(again.browser, again.shown, { step: 'recovery', code: first })
  assert.equal(used.status, 422)
})

for (const [what, fields] of [
  ['a code', { step: 'code', code: '000000' }],
  ['a recovery code', { step: 'recovery', code: 'AAAA-AAAA-AAAA-AAAA' }],
  ['the end of a set-up', { step: 'continue' }],
  ['a new app', { step: 'code-app', code: '000000' }],
  [
    'a new password',
    { step: 'new-password', new: 'a whole new sentence', again: 'a whole new sentence' },
  ],
  ['a passkey of nobody', { step: 'passkey', response: '{"id":"x"}' }],
  ['a passkey that is no JSON', { step: 'passkey', response: 'x' }],
  ['claims of its own', { step: 'continue', personId: alice.id, amr: 'mfa' }],
] as const) {
  test(`nobody gets past the password with ${what} [S11]`, async () => {
    await giveApp()
    const browser = world.browser()
    const form = await browser.open(client.authorizationUrl())
    const shown = await client.send(browser, form, fields)
    assert.equal(shown.callback, undefined)
    assert.match(shown.body, /<input id="password"/)
  })
}

for (const [what, fields] of [
  ['the end of a set-up', { step: 'continue' }],
  ['a new app in its place', { step: 'code-app', code: code }],
  ['the password again', { username: alice.name, password }],
  [
    'a new password',
    { step: 'new-password', new: 'a whole new sentence', again: 'a whole new sentence' },
  ],
] as const) {
  test(`nobody gets past the code with ${what} [S8] [S11]`, async () => {
    await giveApp()
    const { browser, shown } = await afterPassword({ acr_values: multiFactor })
    const given = Object.entries(fields).map(([key, value]) => [
      key,
      typeof value === 'function' ? value() : value,
    ])
    const next = await client.send(browser, shown, Object.fromEntries(given))
    assert.equal(next.callback, undefined)
    assert.match(next.body, /One more step/)
  })
}

test('a sign-in is of the browser that began it: its address opens nothing elsewhere [S11]', async () => {
  await giveApp()
  const { shown } = await afterPassword()
  const thief = world.browser()
  assert.equal((await thief.go(shown.url)).status, 400)
  const stolen = await client.send(thief, shown, { step: 'code', code: code() })
  assert.equal(stolen.status, 400)
})

test('somebody signed in who is asked for more gives the code and not the password, and is no younger for it [S8]', async () => {
  const { browser, shown } = await afterPassword()
  const before = await claimsOf(shown.callback)
  assert.equal(before['acr'], singleFactor)
  await giveApp()
  const asked = await browser.open(client.authorizationUrl({ acr_values: multiFactor }))
  assert.match(asked.body, /One more step/)
  assert.doesNotMatch(asked.body, /type="password"/)
  const { callback } = await client.send(browser, asked, { step: 'code', code: code() })
  const claims = await claimsOf(callback)
  assert.deepEqual([claims['acr'], claims['amr']], [multiFactor, ['pwd', 'otp', 'mfa']])
  assert.equal(claims['auth_time'], before['auth_time'])
  assert.equal(claims['sid'], before['sid'])
  const silent = client.authorizationUrl({ acr_values: multiFactor, prompt: 'none' })
  const answer = await browser.go(silent, { follow: 0 })
  assert.ok(new URL(String(answer.headers['location'])).searchParams.has('code'))
})

test('whoever is asked for more may say that they are somebody else, and is asked for everything [S8]', async () => {
  const { browser } = await afterPassword()
  await giveApp()
  const asked = await browser.open(client.authorizationUrl({ acr_values: multiFactor }))
  assert.match(asked.body, /One more step/)
  const anew = await client.send(browser, asked, { step: 'restart' })
  assert.match(anew.body, /<input id="password"/)
  const skipped = await client.send(browser, anew, { step: 'code', code: code() })
  assert.equal(skipped.callback, undefined)
})

test('prompt=login and max_age ask for everything again, whatever was shown before [S8]', async () => {
  await giveApp()
  const { browser, shown } = await afterPassword()
  await client.send(browser, shown, { step: 'code', code: code() })
  for (const change of [{ prompt: 'login' }, { max_age: '0' }]) {
    const asked = await browser.open(client.authorizationUrl(change))
    assert.match(asked.body, /<input id="password"/)
    const second = await client.send(browser, asked, { ...name, password })
    assert.match(second.body, /One more step/)
  }
})

test('whoever is asked for two factors and has one sets up an app, is given recovery codes, and is in [S8] [S11]', async () => {
  const { browser, shown } = await afterPassword({ acr_values: multiFactor })
  assert.match(shown.body, /Set up a second step/)
  assert.match(shown.body, /<svg role="img" aria-label="QR code/)
  const typed = base32Of(shown)
  const app = fromBase32(typed)
  const current = stepAt(Date.now() + world.clock.aheadMs)
  const wrong = await client.send(browser, shown, {
    step: 'code-app',
    code: codeAt(app, current - 9),
  })
  assert.equal(wrong.status, 422)
  assert.equal(base32Of(wrong), typed, 'the picture that was scanned stays')
  const set = await client.send(browser, shown, { step: 'code-app', code: codeAt(app, current) })
  const recovery = [...set.body.matchAll(/<li><code>([\w-]{19})<\/code>/g)].map(([, each]) => each)
  assert.equal(recovery.length, 10)
  const { callback } = await client.send(browser, set, { step: 'continue' })
  assert.equal((await claimsOf(callback))['acr'], multiFactor)
  const again = await afterPassword()
  assert.match(again.shown.body, /One more step/)
  const used = await client.send(again.browser, again.shown, {
    step: 'code',
    code: codeAt(app, current),
  })
  assert.equal(used.status, 422, 'the code of the set-up counts no second time')
})

function base32Of({ body }: Shown): string {
  return (/<code>([A-Z2-7 ]+)<\/code>/.exec(body)?.[1] ?? '').replaceAll(' ', '')
}

function fromBase32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...text].map((each) => alphabet.indexOf(each).toString(2).padStart(5, '0')).join('')
  return Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [])
}

test('a second factor is not set up in a session that was left open: the password is asked for first [S11]', async () => {
  const { browser } = await afterPassword()
  world.clock.aheadMs += 11 * 60_000
  const asked = await browser.open(client.authorizationUrl({ acr_values: multiFactor }))
  assert.match(asked.body, /<input id="password"/)
  const next = await client.send(browser, asked, { ...name, password })
  assert.match(next.body, /Set up a second step/)
})

test('what nobody can prove here is refused, and never asked for in circles [S8]', async () => {
  const { shown } = await afterPassword({ acr_values: 'urn:retina' })
  const url = new URL(shown.callback ?? '')
  assert.equal(url.searchParams.get('error'), 'unmet_authentication_requirements')
})

test('a temporary pass opens once, in its time, and stands for what the person has lost [S11]', async () => {
  await giveApp()
  const pass = 'K7WQ-AAAA-BBBB-CCCC'
  const now = Date.now() + world.clock.aheadMs
  const made = { id: randomUUID(), createdAt: now, usableOnce: true, usedAt: undefined }
  const hash = vault.hash(temporaryPassUse, pass)
  const { authenticators } = world.local
  const enter = async () => {
    const browser = world.browser()
    const form = await browser.open(client.authorizationUrl({ acr_values: multiFactor }))
    return client.send(browser, form, { ...name, password: pass.toLowerCase() })
  }
  for (const [startsAt, expiresAt] of [
    [now + 60_000, now + 120_000],
    [now - 60_000, now - 1],
  ] as const) {
    await authenticators.setTemporaryPass(alice.id, { ...made, startsAt, expiresAt }, hash)
    assert.equal((await enter()).status, 422)
  }
  await authenticators.setTemporaryPass(
    alice.id,
    { ...made, startsAt: now, expiresAt: now + 3_600_000 },
    hash,
  )
  assert.deepEqual((await claimsOf((await enter()).callback))['amr'], ['tap', 'mfa'])
  assert.equal((await enter()).status, 422)
})

test('the pages of the sign-in cannot be framed, stored or made to load anything [S11]', async () => {
  await giveApp()
  const { shown } = await afterPassword()
  for (const page of [shown, await world.browser().open(client.authorizationUrl())]) {
    const csp = String(page.headers['content-security-policy'])
    assert.match(csp, /default-src 'none'/)
    assert.match(csp, /frame-ancestors 'none'/)
    assert.equal(page.headers['x-frame-options'], 'DENY')
    assert.equal(page.headers['cache-control'], 'no-store')
  }
})
