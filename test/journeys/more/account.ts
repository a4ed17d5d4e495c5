import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { multiFactor } from '../../../src/identity/authentication-context.ts'
import { codeAt, stepAt } from '../../../src/identity/local/one-time-codes.ts'
import { accessibilityProblems, saveScreenshot } from '../../browser.ts'
import { addAuthenticator } from '../../virtual-authenticator.ts'
import {
  fillSignIn,
  newPageWithoutScript,
  startWorld,
  type World,
  type WorldUser,
} from '../../world.ts'

let world: World
let account: string
before(async () => {
  world = await startWorld()
  account = `${world.external('login')}account`
})
after(() => world[Symbol.asyncDispose]())

async function atAccount(page: Page, user: WorldUser): Promise<void> {
  await page.goto(account)
  await fillSignIn(page, user)
  await page.waitForURL(account)
}

// Pages share their colours and parts: every day one of each kind is looked at, in the dark; all of them, in any light,
// when somebody wants pictures.
const wantsPictures = process.env['SALLYPORT_SCREENSHOTS'] !== undefined
const schemes = wantsPictures ? (['light', 'dark'] as const) : (['dark'] as const)
const everyDay: ReadonlySet<string> = new Set([
  'sign-in',
  'account-passkey',
  'second-step',
  'enrol',
])

/** Looks at a page as people with other eyes, other screens and other settings do. */
async function lookAt(page: Page, name: string): Promise<void> {
  if (!wantsPictures && !everyDay.has(name)) return
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme })
    assert.deepEqual(await accessibilityProblems(page), [], `${name}, ${colorScheme}`)
    await saveScreenshot(page, `${name}-${colorScheme}`)
  }
  await page.setViewportSize({ width: 360, height: 740 })
  const wider = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth')
  assert.ok(!wider, `${name} fits a telephone`)
  await saveScreenshot(page, `${name}-phone`)
  await page.setViewportSize({ width: 1280, height: 800 })
}

test('a person registers a passkey at their account, and signs in with it and nothing else, asked for or offered [S11]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  const device = await addAuthenticator(page)
  await atAccount(page, world.alice)
  await lookAt(page, 'account-empty')
  await page.getByRole('link', { name: 'Set up' }).click()
  await lookAt(page, 'account-code-app')
  await page.goto(account)
  await page.getByRole('link', { name: 'Add a passkey' }).click()
  await page.getByLabel('A name for it').fill('Alice’s laptop')
  await lookAt(page, 'account-new-passkey')
  await page.getByRole('button', { name: 'Create the passkey' }).click()
  await page.getByText('The passkey is ready.').waitFor()
  assert.equal(await device.count(), 1)
  await page.getByText('Alice’s laptop').waitFor()
  await lookAt(page, 'account-passkey')

  await profile.clearCookies()
  await device.verifiesUser(false)
  await page.goto(world.home)
  await page.getByRole('button', { name: 'Use a passkey' }).waitFor()
  await lookAt(page, 'sign-in')
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.getByText('That did not work').waitFor()
  await device.verifiesUser(true)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.waitForURL(world.home)
  await page.goto(account)
  await page.getByText('Contoso CORS sample').waitFor()

  // The device offers its passkey in the field for the name; this one takes it at once.
  await profile.clearCookies()
  await page.goto(account)
  await page.waitForURL(account)
  await page.getByText('(this browser)').waitFor()
})

/** The codes that an app with this key shows now and next. */
async function codesFor(page: Page): Promise<readonly [now: string, next: string]> {
  const key = (await page.locator('ol code').textContent()) ?? ''
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...key.replaceAll(' ', '')].map((each) => alphabet.indexOf(each))
  const text = bits.map((each) => each.toString(2).padStart(5, '0')).join('')
  const bytes = text.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []
  // Of one look at the clock: between two a step may end, and both be the same code.
  const step = stepAt(Date.now())
  return [codeAt(Buffer.from(bytes), step), codeAt(Buffer.from(bytes), step + 1)]
}

test('without script a person sets up an app for codes, and is asked for a code from then on [S11]', async () => {
  await using profile = await world.profile()
  const page = await newPageWithoutScript(profile)
  await atAccount(page, world.bob)
  await page.getByRole('link', { name: 'Set up' }).click()
  const [now, next] = await codesFor(page)
  await page.getByRole('textbox', { name: 'Code' }).fill(now)
  await page.getByRole('button', { name: 'Set up the app' }).click()
  const recovery = (await page.locator('.codes code').first().textContent()) ?? ''
  await page.getByRole('link', { name: 'I have kept them' }).click()
  await page.getByText('10 recovery codes are left').waitFor()
  await page.context().clearCookies()

  await page.goto(world.home)
  await fillSignIn(page, world.bob)
  await page.getByRole('heading', { name: 'One more step' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Use a passkey' }).count(), 0)
  await page.getByLabel('Code', { exact: true }).fill(next)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.waitForURL(world.home)
  await page.context().clearCookies()

  await page.goto(account)
  await fillSignIn(page, world.bob)
  await page.getByText('The app is not at hand').click()
  await page.getByLabel('Recovery code').fill(recovery)
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await page.getByText('9 recovery codes are left').waitFor()
  await page.close()
})

test('the second step can be taken by everybody, in any light and on a telephone [S11]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await page.goto(account)
  await fillSignIn(page, world.bob)
  await page.getByRole('heading', { name: 'One more step' }).waitFor()
  await lookAt(page, 'second-step')
})

test('a person made by an administrator gets in by a pass, and whoever is asked for two factors sets one up [S8] [S11]', async () => {
  const carol = { userPrincipalName: 'carol@contoso.com', password: 'lent until tonight' }
  const { graph } = world
  await graph.call('POST', '/users', {
    accountEnabled: true,
    displayName: 'Carol',
    userPrincipalName: carol.userPrincipalName,
    mailNickname: 'carol',
    passwordProfile: { password: carol.password, forceChangePasswordNextSignIn: true },
  })
  await using profile = await world.profile()
  const page = await profile.newPage()
  await page.goto(account)
  await fillSignIn(page, carol)
  await page.getByRole('heading', { name: 'Choose a new password' }).waitFor()
  await lookAt(page, 'new-password')
  const password = 'green tea in the morning'
  await page.getByLabel('New password', { exact: true }).fill(password)
  await page.getByLabel('New password, once more').fill(password)
  await page.getByRole('button', { name: 'Change the password' }).click()
  await page.getByText('(this browser)').waitFor()
  await page.getByRole('link', { name: 'Change', exact: true }).click()
  await lookAt(page, 'account-password')
  await page.context().clearCookies()

  const asked = new URL(`${world.external('login')}auth`)
  asked.search = new URLSearchParams({
    client_id: 'sallyport-account',
    redirect_uri: `${account}/signed-in`,
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
    acr_values: multiFactor,
  }).toString()
  await page.goto(asked.href)
  await fillSignIn(page, { ...carol, password })
  await page.getByRole('heading', { name: 'Set up a second step' }).waitFor()
  await lookAt(page, 'enrol')
  const [now] = await codesFor(page)
  await page.getByRole('textbox', { name: 'Code' }).fill(now)
  await page.getByRole('button', { name: 'Set up the app' }).click()
  await page.getByRole('heading', { name: 'Keep these recovery codes' }).waitFor()
  await lookAt(page, 'recovery-codes')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.waitForURL(account)
  await page.context().clearCookies()

  const path = `/users/${carol.userPrincipalName}/authentication/temporaryAccessPassMethods`
  const pass = await graph.call('POST', path, { isUsableOnce: true })
  await page.goto(account)
  await fillSignIn(page, { ...carol, password: String(pass?.['temporaryAccessPass']) })
  await page.waitForURL(account)
})
