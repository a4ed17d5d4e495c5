import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { Json } from '../../../src/run/graph-client.ts'
import { checkLooks, openPortal, type PortalStage, settled } from '../../portal-stage.ts'
import { fillSignIn, type WorldUser } from '../../world.ts'

let stage: PortalStage
let page: Page
before(async () => {
  stage = await openPortal()
  ;({ page } = stage)
})
after(() => stage?.[Symbol.asyncDispose]())

test('Home leads through the tour and tells what was changed last [G5]', async () => {
  await stage.open('/')
  await page.getByRole('heading', { name: 'A tour of two minutes' }).waitFor()
  await page.getByText('Nothing. Everything is reachable').waitFor()
  await checkLooks(page, 'home')
  const link = page.getByRole('link', { name: 'Let the doctor explain' })
  const question = new URL((await link.getAttribute('href')) ?? '', stage.origin).searchParams
  assert.equal(question.get('page'), stage.world.external('shop'))
  assert.equal(question.get('target'), `${stage.world.external('stock')}api/values`)
})

test('everything is reached by keyboard: the skip link, the palette, and the heading after a navigation [G5]', async () => {
  await stage.open('/')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.locator('#main:focus').waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search' }).pressSequentially('shop')
  await page.getByRole('option', { name: /Contoso shop/ }).waitFor()
  await checkLooks(page, 'palette', 'brief')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Contoso shop', level: 1 }).waitFor()
  await page.locator('h1:focus').waitFor()
  assert.equal(await page.title(), 'Contoso shop · Sallyport')
})

test('a list and what opens above it are used without a mouse, and the focus comes back [G5]', async () => {
  await stage.open('/applications?q=shop')
  await page.getByLabel('Status').focus()
  // To the head of the table, down to the first row, which begins with a link.
  for (const key of ['Tab', 'ArrowDown', 'Enter']) await page.keyboard.press(key)
  await page.getByRole('heading', { name: 'Contoso shop', level: 1 }).waitFor()
  await page.getByRole('tab', { name: 'Overview' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  const button = page.getByRole('button', { name: 'Add a segment' })
  await button.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'New segment' }).waitFor()
  await page.getByRole('button', { name: 'Show as code' }).focus()
  await page.keyboard.press('Enter')
  // It is there a moment before it has the focus.
  await page.locator('.as-code :focus').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('button:focus', { hasText: 'Show as code' }).waitFor()
  await page.keyboard.press('Escape')
  await page.locator('button:focus', { hasText: 'Add a segment' }).waitFor()
})

test('a form with something typed in it asks before it is left, and only then [G5]', async () => {
  const question = page.getByRole('alertdialog', { name: 'Leave without saving?' })
  const blade = page.getByRole('dialog', { name: 'New segment' })
  await openShop('segments')
  await page.getByRole('button', { name: 'Add a segment' }).click()
  await blade.getByLabel('Internal URL').focus()
  await page.keyboard.press('Escape')
  await blade.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Add a segment' }).click()
  await blade.getByLabel('Internal URL').fill('http://half.of')
  await page.keyboard.press('Escape')
  await question.waitFor()
  await checkLooks(page, 'leave', 'brief')
  await page.keyboard.press('Escape')
  await question.waitFor({ state: 'detached' })
  assert.equal(await blade.getByLabel('Internal URL').inputValue(), 'http://half.of')
  await blade.getByRole('button', { name: 'Cancel' }).click()
  await question.getByRole('button', { name: 'Leave' }).click()
  await blade.waitFor({ state: 'detached' })
  await question.waitFor({ state: 'detached' })

  await stage.open('/applications/new')
  await page.getByRole('textbox', { name: 'Name' }).pressSequentially('Wiki')
  await page.getByRole('link', { name: 'Connectors' }).click()
  await question.getByRole('button', { name: 'Stay' }).click()
  await question.waitFor({ state: 'detached' })
  assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Wiki')
  const asked = page.waitForEvent('dialog')
  await page.evaluate('setTimeout(() => location.reload())')
  const dialog = await asked
  assert.equal(dialog.type(), 'beforeunload')
  await dialog.dismiss()
  await page.getByRole('link', { name: 'Connectors' }).click()
  await question.getByRole('button', { name: 'Leave' }).click()
  await page.getByRole('heading', { name: 'Connectors', level: 1 }).waitFor()
})

test('the look is a choice that is kept, and on a phone the navigation is behind a button [G5]', async () => {
  await stage.open('/applications')
  await page.getByRole('button', { name: /account and appearance/ }).click()
  await checkLooks(page, 'person-menu', 'brief')
  await page.getByRole('menuitemradio', { name: 'High contrast' }).click()
  await page.reload()
  await page.locator('html[data-theme="contrast"]').waitFor()
  await page.evaluate("localStorage.removeItem('sallyport.appearance')")
  await page.reload()
  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByRole('button', { name: 'Open navigation' }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'Home' }).click()
  await page.waitForURL(`${stage.origin}/`)
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.setViewportSize({ width: 1280, height: 900 })
})

test('a session that ends costs no form: sign in beside it, and it is sent [G5] [S5]', async () => {
  await openShop('publishing')
  await page.getByLabel('Home page').fill('https://example.com/')
  await revoke(stage.world.administrator)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('alertdialog', { name: 'Your session has ended' }).waitFor()
  await checkLooks(page, 'session-end', 'brief')
  const opened = page.waitForEvent('popup')
  await page.getByRole('button', { name: 'Sign in again' }).click()
  await fillSignIn(await opened, stage.world.administrator)
  await page.getByText('Saved Contoso shop', { exact: true }).waitFor()
  assert.equal(await page.getByLabel('Home page').inputValue(), 'https://example.com/')
})

test('an address that leads nowhere says so, and what is not there does, too [G5]', async () => {
  await stage.open('/no/such/page')
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
  await stage.open('/applications/00000000-0000-0000-0000-000000000000')
  await page.getByText('It is not there.').waitFor()
  await checkLooks(page, 'not-there', 'brief')
})

test('whoever may only read is told so when they change something, by the name of what is missing [G5] [G3]', async () => {
  const { graph, bob } = stage.world
  const reader = 'f2ef992c-3afb-46b9-b7cf-a126ee74c451'
  const person = (await graph.call('GET', `/users/${bob.userPrincipalName}`)) as Json
  const reference = { '@odata.id': `/users/${person['id']}` }
  await graph.call('POST', `/directoryRoles/${reader}/members/$ref`, reference)
  await stage.profile.clearCookies()
  await page.goto(stage.origin)
  await fillSignIn(page, bob)
  await openShop('publishing')
  await page.getByRole('textbox', { name: 'Name' }).fill('Mine')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('You may not do this.').waitFor()
  await page.getByText('Application.ReadWrite.All').waitFor()
})

async function openShop(tab: string): Promise<void> {
  const path = "/applications?$filter=displayName eq 'Contoso shop'"
  const found = (await stage.world.graph.call('GET', path))?.['value'] as readonly Json[]
  await stage.open(`/applications/${found[0]?.['id']}?tab=${tab}`)
  await settled(page)
}

async function revoke(user: WorldUser): Promise<void> {
  await stage.world.graph.call('POST', `/users/${user.userPrincipalName}/revokeSignInSessions`, {})
}
