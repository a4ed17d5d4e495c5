import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { checkLooks, openPortal, type PortalStage, settled } from '../../portal-stage.ts'

let stage: PortalStage
let page: Page
before(async () => {
  stage = await openPortal()
  ;({ page } = stage)
})
after(() => stage?.[Symbol.asyncDispose]())

test('somebody is invited with a pass, and comes in by it [G5] [S6]', async () => {
  await stage.open('/people')
  await page.getByRole('row', { name: /Alice/ }).waitFor()
  await page.getByLabel('State').selectOption('Disabled')
  await page.getByText('Nobody matches this.').waitFor()
  await page.getByLabel('State').selectOption('State: all')
  await page.getByRole('row', { name: /Alice/ }).waitFor()
  await page.getByLabel('Search by name or user name').fill('bo')
  await page.getByRole('row', { name: /Alice/ }).waitFor({ state: 'detached' })
  assert.match(page.url(), /\?q=bo$/)
  await checkLooks(page, 'people', 'brief')
  await page.getByRole('link', { name: 'New person' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Carol Danvers')
  await page.getByRole('textbox', { name: 'User name', exact: true }).fill('carol')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByText('must be like user@domain').waitFor()
  await checkLooks(page, 'new-person', 'brief')
  await page.getByRole('textbox', { name: 'User name', exact: true }).fill('carol@contoso.com')
  await page.getByRole('button', { name: 'Create' }).click()
  const invitation = await page.getByRole('textbox', { name: 'Invitation' }).inputValue()
  const [, account = ''] = /Sign in at (\S+)/.exec(invitation) ?? []
  const [, pass = ''] = /password: (\S+)/.exec(invitation) ?? []
  const other = await stage.world.profile()
  const visitor = await other.newPage()
  await visitor.goto(account)
  await visitor.getByLabel('User name').fill('carol@contoso.com')
  await visitor.getByLabel('Password').fill(pass)
  await visitor.getByRole('button', { name: 'Sign in' }).click()
  await visitor.getByText('Carol Danvers').first().waitFor()
  await other.close()
  await page.getByRole('link', { name: 'Done' }).click()
  await page.getByRole('heading', { name: 'Carol Danvers' }).waitFor()
})

test('a person is changed, disabled, and that is undone [G5]', async () => {
  await page.getByLabel('Mail').fill('carol@mail.test')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved Carol Danvers', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Disable' }).click()
  await page.getByRole('button', { name: 'Enable' }).waitFor()
  const toast = page.locator('.fui-Toast', { hasText: 'Disabled Carol Danvers' })
  await toast.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('button', { name: 'Disable' }).waitFor()
  await stage.open(page.url().replace(stage.origin, ''))
  await checkLooks(page, 'person')
})

test('the newest message is shown at once, however many there are already', async () => {
  for (const [name, alike] of [
    ['Disable', 0],
    ['Enable', 0],
    ['Disable', 1],
    ['Enable', 1],
  ] as const) {
    await page.getByRole('button', { name }).click()
    const said = page.locator('.fui-Toast', { hasText: `${name}d Carol Danvers` })
    await said.nth(alike).getByRole('button', { name: 'Undo' }).waitFor()
    // How long it stays is an animation. From now on none goes by itself, so that a newer one cannot be waiting for that.
    await page.evaluate(pauseLongAnimations)
  }
  await page.locator('.fui-Toast').nth(3).waitFor({ state: 'detached' })
})

const pauseLongAnimations = `for (const each of document.getAnimations())
  if (each.effect?.getComputedTiming().endTime >= 3_000) each.pause()`

test('ways to sign in are listed, and a password is reset and shown once', async () => {
  await page.getByRole('tab', { name: 'Ways to sign in' }).click()
  await page.getByRole('row', { name: /Temporary access pass/ }).waitFor()
  await page.getByRole('button', { name: 'Reset the password …' }).click()
  await page.getByRole('textbox', { name: 'New password' }).fill('short')
  await page.getByRole('button', { name: 'Reset it' }).click()
  await page.getByText(/needs at least/).waitFor()
  await page.getByRole('textbox', { name: 'New password' }).fill('')
  await page.getByRole('button', { name: 'Reset it' }).click()
  const password = page.getByRole('region', { name: 'The password' }).getByRole('textbox')
  await password.waitFor()
  assert.ok((await password.inputValue()).length >= 12)
  await stage.open(page.url().replace(stage.origin, ''))
  await checkLooks(page, 'person-sign-in', 'brief')
})

test('a group inside a group lets its people count, and a role is given [S8]', async () => {
  const { pathname } = new URL(page.url())
  await stage.open('/groups')
  await page.getByRole('button', { name: 'New group' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Field staff')
  await page.getByLabel('Description').fill('Whoever travels')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { name: 'Field staff' }).waitFor()
  await page.getByRole('button', { name: 'Add members' }).click()
  await page.getByRole('combobox', { name: 'People and groups' }).pressSequentially('car')
  await page.getByRole('option', { name: /Carol/ }).click()
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('row', { name: /Carol Danvers.*Person.*Directly/ }).waitFor()
  await stage.open(new URL(page.url()).pathname)
  await checkLooks(page, 'group', 'brief')
  await stage.open('/groups')
  await checkLooks(page, 'groups', 'brief')
  await stage.open(`${pathname}?tab=memberships`)
  await page.getByRole('row', { name: /Field staff.*Directly/ }).waitFor()
  await page.getByRole('button', { name: 'Give a role …' }).click()
  await page.getByLabel('Role', { exact: true }).selectOption('Global Reader')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('row', { name: /Global Reader/ }).waitFor()
  await stage.open(`${pathname}?tab=memberships`)
  await checkLooks(page, 'person-memberships', 'brief')
})

test('whoever looks with the eyes of somebody sees what they get into, and why [D1] [S8]', async () => {
  const { pathname } = new URL(page.url())
  await stage.open(`${pathname}?tab=access`)
  await page
    .getByRole('row', { name: /Contoso/ })
    .first()
    .waitFor()
  await page
    .getByText(/Stays out|Enters/)
    .first()
    .waitFor()
  await settled(page)
  await checkLooks(page, 'person-access', 'brief')
  await page.getByRole('button', { name: 'Delete …' }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByRole('textbox').fill('Carol Danvers')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.waitForURL('**/people')
  await page.getByRole('row', { name: /Bob/ }).waitFor()
  assert.equal(await page.getByRole('row', { name: /Carol/ }).count(), 0)
})
