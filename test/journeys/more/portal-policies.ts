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

test('a place is named, and what is wrong with it stands beside its field [G5] [S8]', async () => {
  await stage.open('/policies?tab=locations')
  await page.getByRole('button', { name: 'New addresses' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Office')
  await page.getByRole('textbox', { name: 'Addresses' }).fill('203.0.113.0/24\n10.0.0.0/4')
  await page.getByRole('button', { name: 'Save' }).click()
  await page
    .getByText(/wide|\/8/)
    .first()
    .waitFor()
  await page.getByRole('textbox', { name: 'Addresses' }).fill('203.0.113.0/24')
  await page.getByRole('switch', { name: 'Trusted' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('row', { name: /Office.*Trusted.*203\.0\.113\.0/ }).waitFor()
  await stage.open('/policies?tab=locations')
  await checkLooks(page, 'locations', 'brief')
})

test('a policy is made in report-only, turned on, and that is undone [G5] [S8]', async () => {
  await stage.open('/policies')
  await checkLooks(page, 'policies-none', 'brief')
  await page.getByRole('link', { name: 'New policy' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Outside the office')
  await page.getByLabel('Places').selectOption('Everywhere, but for some')
  await page.getByRole('combobox', { name: 'Leave out places' }).click()
  await page.getByRole('option', { name: 'Office' }).click()
  await page.getByLabel('People', { exact: true }).selectOption({ index: 1 })
  await page.getByRole('button', { name: 'Create' }).click()
  await page.locator('.fui-MessageBar').first().waitFor()
  await page.getByRole('combobox', { name: 'Include people and groups' }).pressSequentially('bob')
  await page.getByRole('option', { name: /Bob/ }).click()
  await settled(page)
  await checkLooks(page, 'new-policy', 'brief')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { name: 'Outside the office' }).waitFor()
  await page.getByLabel('State').selectOption('On')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.locator('.page-heading').getByText('On', { exact: true }).waitFor()
  await page
    .locator('.fui-Toast', { hasText: 'Saved Outside' })
    .getByRole('button', { name: 'Undo' })
    .click()
  await page.locator('.page-heading').getByText('Report-only').waitFor()
  await stage.open(new URL(page.url()).pathname)
  await checkLooks(page, 'policy')
  await page.getByLabel('State').selectOption('On')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.locator('.page-heading').getByText('On', { exact: true }).waitFor()
})

test('what if tells which policies would apply, and why others would not [S8] [D1]', async () => {
  await stage.open('/policies?tab=what-if')
  await page.getByLabel('Person').selectOption('Bob')
  await page.getByLabel('Application').selectOption({ index: 1 })
  await page.getByLabel('Address').fill('nowhere')
  await page.getByRole('button', { name: 'What then?' }).click()
  await page.getByText('must be an IP address').first().waitFor()
  await page.getByLabel('Address').fill('198.51.100.7')
  await page.getByRole('button', { name: 'What then?' }).click()
  const applied = page.getByRole('region', { name: 'These would apply' })
  await applied.getByRole('row', { name: /Outside the office.*A second factor/ }).waitFor()
  await checkLooks(page, 'what-if', 'brief')
  await page.getByLabel('Address').fill('203.0.113.9')
  await page.getByRole('button', { name: 'What then?' }).click()
  const others = page.getByRole('region', { name: 'These would not' })
  await others.getByRole('row', { name: /Outside the office.*this place/ }).waitFor()
})

test('a token lifetime is made, and goes when its name is typed [S9]', async () => {
  await stage.open('/policies?tab=lifetimes')
  await page.getByRole('button', { name: 'New lifetime' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Eight hours')
  await page.getByRole('textbox', { name: 'Time' }).fill('0:00:01')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('alert').first().waitFor()
  await page.getByRole('textbox', { name: 'Time' }).fill('8:00:00')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Eight hours' }).click()
  await page.getByRole('button', { name: 'Delete it …' }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByRole('textbox').fill('Eight hours')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('heading', { name: 'One hour, for everything' }).waitFor()
  const { value } = (await stage.world.graph.call('GET', '/revisions?$top=1')) as unknown as {
    value: { activity: string }[]
  }
  assert.match(value[0]?.activity ?? '', /token-lifetime/)
})
